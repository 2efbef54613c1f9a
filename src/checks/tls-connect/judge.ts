/** Would this proxy take that certificate? Pure; as mod_ssl judges it, which is not as a browser does. */
import type { TlsConnectFacts } from './facts.ts';
import type { ProxyTls } from './settings.ts';

export interface Seen {
  readonly certificate: NonNullable<TlsConnectFacts['certificate']>;
  /** Common names and DNS names of alternatives: what mod_ssl compares. Addresses in alternatives do not count for it. */
  readonly matchable: readonly string[];
  /** The error of the chain against the proxy's own authorities; null: it holds, or it was not asked for. */
  readonly chainError: string | null;
}

export interface Judged {
  readonly result: 'ok' | 'name-mismatch' | 'expired' | 'not-yet-valid' | 'untrusted';
  readonly refuse: boolean;
  readonly because: string;
}

/** @param now milliseconds since the epoch by the proxy's clock. */
export function judge(seen: Seen, serverName: string, tls: ProxyTls, now: number): Judged {
  const { certificate } = seen;
  const found: { readonly result: Judged['result']; readonly refuse: boolean; readonly what: string; readonly setting: string }[] = [];
  const notYet = Date.parse(certificate.from) > now;
  if (notYet || Date.parse(certificate.to) < now) {
    found.push({
      result: notYet ? 'not-yet-valid' : 'expired',
      refuse: tls.checkDates || tls.verify !== 'none',
      what: notYet ? `it is valid from ${certificate.from} on only` : `it expired on ${certificate.to}`,
      setting: 'SSLProxyCheckPeerExpire',
    });
  }
  if (!seen.matchable.some((name) => nameMatches(name, serverName))) {
    const names = seen.matchable.length === 0 ? 'no name' : seen.matchable.join(', ');
    const address = certificate.names.includes(serverName) ? ' (mod_ssl does not look at addresses among the alternative names)' : '';
    found.push({
      result: 'name-mismatch',
      refuse: tls.checkName,
      what: `it is for ${names}, not for ${serverName}${address}`,
      setting: 'SSLProxyCheckPeerName',
    });
  }
  if (seen.chainError !== null && (tls.verify === 'require' || tls.verify === 'optional')) {
    found.push({ result: 'untrusted', refuse: true, what: `its issuer is not trusted (${seen.chainError})`, setting: 'SSLProxyVerify' });
  }
  const [worst] = [...found].sort((a, b) => Number(b.refuse) - Number(a.refuse));
  if (!worst)
    return {
      result: 'ok',
      refuse: false,
      because: tls.known ? 'nothing in its settings refuses this certificate' : 'the proxy’s defaults do not refuse this certificate',
    };
  const setting = tls.places[worst.setting] ?? `${worst.setting} has its default`;
  return { result: worst.result, refuse: worst.refuse, because: `${worst.what}; ${setting}${worst.refuse ? '' : ', which lets it pass'}` };
}

/** As modssl_X509_match_name: without case, `*.` for one label. */
export function nameMatches(pattern: string, name: string): boolean {
  const [a, b] = [pattern.toLowerCase(), name.toLowerCase()];
  if (a === b) return true;
  if (!a.startsWith('*.')) return false;
  const dot = b.indexOf('.');
  return dot > 0 && b.slice(dot + 1) === a.slice(2) && a.length > 2;
}
