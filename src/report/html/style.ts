/** The look of the HTML report: calm greys, colour only where it says something, dark and light, a phone's width and paper. */
const light =
  '--back:#fff;--text:#1b1e23;--soft:#565d67;--line:#dfe3e8;--panel:#f5f6f8;--accent:#0b57a4;--bad:#b3261e;--bad-back:#fdecea;--good:#256a2d;--good-back:#e8f4e9;--warn:#7a4d00;--warn-back:#fdf3dc;--ghost:#cfd5dd';
const dark =
  '--back:#131518;--text:#e7e9ec;--soft:#a4abb5;--line:#2f343b;--panel:#1c1f23;--accent:#86bdf4;--bad:#ff8f86;--bad-back:#3a1b1a;--good:#93d49b;--good-back:#17301b;--warn:#eac46f;--warn-back:#33270f;--ghost:#3c434c';

export const style = `
:root{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:2.2rem 1.25rem 4rem;max-width:54rem;background:var(--back);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h1{font-size:1.6rem;margin:.7rem 0 0;font-weight:650}
h2{font-size:1.2rem;margin:3rem 0 .8rem;font-weight:650}
h3{font-size:1rem;margin:1.6rem 0 .5rem;font-weight:650}
p{margin:.4rem 0}
a{color:var(--accent);text-underline-offset:.15em}
code,pre,.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code,.id{font-size:.9em}
pre{font-size:.84rem;line-height:1.5;background:var(--panel);padding:.7rem .9rem;margin:.5rem 0;white-space:pre-wrap;border-radius:.4rem}
ul,ol{padding-left:1.3rem;margin:.4rem 0}li{margin:.25rem 0}
.soft{color:var(--soft)}.small{font-size:.88rem}
.verdict{border-left:.3rem solid var(--accent);padding:.1rem 0 .1rem 1.1rem}
.verdict.bad{border-color:var(--bad)}.verdict.good{border-color:var(--good)}.verdict.open{border-color:var(--warn)}
.causes .verdict{padding-bottom:.2rem}.verdict .id{font-size:1rem;font-weight:650;color:var(--accent)}.verdict.bad .id{color:var(--bad)}.verdict.good .id{color:var(--good)}.verdict.open .id{color:var(--warn)}
.chip{display:inline-block;font-size:.78rem;line-height:1.5;padding:0 .55rem;border-radius:.7rem;border:1px solid var(--ghost);color:var(--soft);margin-left:.4rem}
.chip.bad{background:var(--bad-back);color:var(--bad);border-color:transparent}.chip.good{background:var(--good-back);color:var(--good);border-color:transparent}.chip.warn{background:var(--warn-back);color:var(--warn);border-color:transparent}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1rem 1.6rem;margin:2rem 0 0;padding:1.1rem 1.2rem;background:var(--panel);border-radius:.5rem}
.figures div{display:flex;flex-direction:column-reverse;justify-content:flex-end}.figures dt{color:var(--soft);font-size:.84rem}.figures dd{margin:0;font-size:1.2rem;font-weight:650;font-variant-numeric:tabular-nums}
.causes{list-style:none;padding:0;margin:1rem 0 0}.causes li{margin:.7rem 0}
figure{margin:0}figcaption{color:var(--soft);font-size:.88rem;margin-top:.5rem}figcaption ol{padding:0;list-style:none;margin:.4rem 0 0}
.dot{display:inline-block;min-width:1.25rem;text-align:center;border-radius:1rem;background:var(--ghost);color:var(--text);font-size:.76rem;margin-right:.45rem}
svg{display:block;width:100%;height:auto}.narrow{display:none}
svg text{fill:var(--soft);font-size:11px;font-family:inherit}.grid{stroke:var(--line)}.axis{stroke:var(--soft)}
rect.failures,.failed rect{fill:var(--bad)}.failed line{stroke:var(--bad)}rect.requests{fill:var(--ghost)}.good rect{fill:var(--good)}.good line{stroke:var(--good)}
.mark line{stroke:var(--soft);stroke-dasharray:2 3}.mark circle{fill:var(--ghost)}.mark text{fill:var(--text)}
.mark.change circle{fill:var(--warn-back);stroke:var(--warn)}.mark.httpd circle{fill:var(--good-back);stroke:var(--good)}.mark.note circle{fill:var(--back);stroke:var(--accent)}
.limit line{stroke:var(--warn);stroke-width:1.5}.limit text{fill:var(--warn)}
.key{display:inline-block;width:.7rem;height:.7rem;border-radius:.15rem;margin:0 .3rem 0 .9rem}.key:first-child{margin-left:0}.key.failures{background:var(--bad)}.key.requests{background:var(--ghost)}
.remedies{list-style:none;padding:0;counter-reset:remedy}.remedies>li{counter-increment:remedy;position:relative;padding:0 0 .6rem 2.4rem;margin:1.1rem 0}
.remedies>li::before{content:counter(remedy);position:absolute;left:0;top:-.05rem;width:1.6rem;height:1.6rem;border-radius:50%;background:var(--panel);border:1px solid var(--ghost);text-align:center;font-size:.85rem;line-height:1.5rem}
.claims{list-style:none;padding:0}.claims li{padding-left:1.4rem;position:relative}.claims li::before{position:absolute;left:.1rem;font-weight:700}
.claims.for li::before{content:"+";color:var(--good)}.claims.against li::before{content:"\\2212";color:var(--bad)}.claims.open li::before{content:"?";color:var(--warn)}
.ids{font-size:.84em;white-space:nowrap}.ids a{margin-left:.35em}
table{border-collapse:collapse;width:100%;font-size:.94rem}th,td{text-align:left;vertical-align:top;padding:.45rem .8rem .45rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:500;width:8rem}
.way{list-style:none;padding:0;margin:0}.way li{position:relative;padding:0 0 1rem 1.6rem;margin:0 0 0 .4rem;border-left:2px solid var(--ghost)}.way li:last-child{border-color:transparent;padding-bottom:0}
.way li::before{content:"";position:absolute;left:-.42rem;top:.42rem;width:.72rem;height:.72rem;border-radius:50%;background:var(--accent)}
.way li.against::before{background:var(--warn)}.way li.asked::before{background:var(--back);border:2px solid var(--accent)}.way .subject{border-left-style:dashed;padding-bottom:.7rem}.way .subject::before{display:none}
.evidence{border-top:1px solid var(--line);padding:.9rem 0;scroll-margin-top:1rem}.evidence h3{margin:0}.evidence:target{background:var(--panel);box-shadow:-.8rem 0 var(--panel),.8rem 0 var(--panel)}
summary{cursor:pointer;font-size:.88rem;color:var(--soft)}summary code{color:var(--text)}details{margin:.35rem 0}
footer{margin-top:3rem;color:var(--soft);font-size:.85rem}
@media (max-width:36rem){body{padding:1.2rem 1rem 3rem}h1{font-size:1.35rem}.figures{grid-template-columns:1fr 1fr;gap:1rem}h2{margin-top:2.4rem}.wide{display:none}.narrow{display:block}th{width:6rem}.remedies>li{padding-left:2.1rem}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10.5pt}details::details-content{content-visibility:visible;display:block;height:auto}a{color:inherit;text-decoration:none}h2,h3{break-after:avoid}tr,p,figure,.claims li,.way li{break-inside:avoid}pre{border:1px solid var(--line)}details pre{font-size:6.5pt;line-height:1.3;padding:.4rem .5rem}rect,circle,.dot,.key,.chip,.way li::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
