/** The look of the HTML report: one accent, three greys, dark and light, a phone's width and paper. */
export const style = `
:root{color-scheme:light dark;--back:#fff;--text:#1c1e21;--soft:#5a6068;--line:#d5d9de;--panel:#f5f6f8;--accent:#0b57a4;--bad:#b3261e;--good:#2f6b35;--warn:#8a5a00}
@media (prefers-color-scheme:dark){:root{--back:#15171a;--text:#e6e8eb;--soft:#a3aab3;--line:#353a41;--panel:#1e2125;--accent:#7db8f2;--bad:#ff8a80;--good:#8fd197;--warn:#e8c06b}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.2rem;max-width:52rem;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}
a{color:var(--accent)}code,pre{font:.875em/1.45 ui-monospace,monospace}pre{background:var(--panel);padding:.7rem;overflow:auto;white-space:pre-wrap;border-radius:.3rem}
.verdict{border-left:.35rem solid var(--accent);padding:.2rem 0 .2rem .9rem;margin:1rem 0}.verdict.ongoing{border-color:var(--bad)}
.state{color:var(--soft)}.ids{font-size:.85em;white-space:nowrap}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}
.wide{overflow-x:auto}svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}.grid{stroke:var(--line)}.axis{stroke:var(--soft)}
rect.failures,.failures rect{fill:var(--bad)}.failures line{stroke:var(--bad)}.good rect{fill:var(--good)}.good line{stroke:var(--good)}
.mark line{stroke:var(--soft);stroke-dasharray:2 3}.mark circle{fill:var(--soft)}.mark.change circle{fill:var(--warn)}.mark.note circle{fill:var(--accent)}.mark.httpd circle{fill:var(--good)}.mark.limit line{stroke:var(--warn);stroke-dasharray:none}
ol.way{list-style:none;padding:0;margin:0}ol.way li{position:relative;padding:.15rem 0 .6rem 1.3rem;border-left:2px solid var(--line);margin-left:.4rem}
ol.way li::before{content:"";position:absolute;left:-.42rem;top:.55rem;width:.7rem;height:.7rem;border-radius:50%;background:var(--accent)}ol.way li.against::before{background:var(--warn)}
summary{cursor:pointer}details{margin:.3rem 0}
@media print{body{max-width:none;font-size:11pt}details>*{display:block}a{color:inherit;text-decoration:none}h2{break-after:avoid}tr,li{break-inside:avoid}}
`;
