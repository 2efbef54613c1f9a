/**
 * What this proxy's TLS settings demand of a backend. Pure. How mod_ssl decides (ssl_engine_io.c, ssl_io_filter_handshake; tried on 2.4.71
 * with all combinations): names and dates are checked whatever SSLProxyVerify says, the chain only where that is set; with
 * SSLProxyCheckPeerName off the name is checked only where SSLProxyCheckPeerCN is set to on; CheckPeerCN off alone turns both off.
 */
import * as z from 'zod';
import type { BackendSetting, ProxyConfigFacts } from '../proxy-config/facts.ts';

export const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type Version = (typeof versions)[number];

export const proxyTls = z.object({
  /** False: the configuration was not there, and these are the defaults of httpd 2.4. */
  known: z.boolean(),
  engine: z.boolean(),
  checkName: z.boolean(),
  checkDates: z.boolean(),
  verify: z.enum(['none', 'optional', 'require', 'optional_no_ca']),
  caFile: z.string().nullable(),
  caPath: z.string().nullable(),
  min: z.enum(versions),
  max: z.enum(versions),
  /** Old protocols were asked for by name: then old ciphers are meant too. */
  old: z.boolean(),
  clientCertificate: z.string().nullable(),
  /** Where each of them is set: `off at /etc/px.conf:7`; left out where it is the default. */
  places: z.record(z.string(), z.string()),
});
export type ProxyTls = z.infer<typeof proxyTls>;

/** @param version of httpd, null: not known, taken for 2.4.5 or later. */
export function proxyTlsOf(config: ProxyConfigFacts | null, settings: readonly BackendSetting[], version: string | null): ProxyTls {
  const virtualHost = settings.map((setting) => setting.virtualHost).find((name) => name !== null) ?? null;
  const places: Record<string, string> = {};
  const value = (name: string): string | null => {
    const lines = config?.directives.filter((one) => one.name.toLowerCase() === name.toLowerCase()) ?? [];
    const line = lines.findLast((one) => one.virtualHost === virtualHost) ?? lines.findLast((one) => one.virtualHost === null);
    if (!line) return null;
    places[name] = `${name} ${line.value} (${line.at.file}:${line.at.line})`;
    return line.value.trim().replace(/^"(.*)"$/, '$1');
  };
  const flag = (name: string): boolean | null => {
    const text = value(name)?.toLowerCase();
    return text === 'on' ? true : text === 'off' ? false : null;
  };
  const before24 = version !== null && /^2\.[0-2]\./.test(version);
  const name = flag('SSLProxyCheckPeerName');
  const commonName = flag('SSLProxyCheckPeerCN');
  const protocol = value('SSLProxyProtocol');
  const known = config !== null && settings.length > 0;
  return {
    known,
    engine: flag('SSLProxyEngine') ?? !known,
    checkName: before24
      ? commonName === true
      : name === true || (name === null && commonName !== false) || (name === false && commonName === true),
    checkDates: flag('SSLProxyCheckPeerExpire') ?? !before24,
    verify: z.enum(['none', 'optional', 'require', 'optional_no_ca']).catch('none').parse(value('SSLProxyVerify')?.toLowerCase()),
    caFile: value('SSLProxyCACertificateFile'),
    caPath: value('SSLProxyCACertificatePath'),
    ...protocols(protocol),
    clientCertificate: value('SSLProxyMachineCertificateFile') ?? value('SSLProxyMachineCertificatePath'),
    places,
  };
}

/** `all -TLSv1`, `TLSv1.2 +TLSv1.3`: as SSLProxyProtocol is read from left to right. `all` is what current OpenSSL allows by itself. */
export function protocols(value: string | null): { readonly min: Version; readonly max: Version; readonly old: boolean } {
  const allowed = new Set<Version>(['TLSv1.2', 'TLSv1.3']);
  for (const [index, token] of (value ?? 'all').split(/\s+/).filter(Boolean).entries()) {
    const sign = token[0] === '+' || token[0] === '-' ? token[0] : '';
    const name = token.slice(sign.length).toLowerCase();
    const meant: readonly Version[] =
      name === 'all' ? ['TLSv1.2', 'TLSv1.3'] : versions.filter((version) => version.toLowerCase() === name);
    if (sign === '' || (sign === '+' && index === 0)) allowed.clear();
    for (const version of meant) {
      if (sign === '-') allowed.delete(version);
      else allowed.add(version);
    }
  }
  const list = versions.filter((version) => allowed.has(version));
  const [min = 'TLSv1.2'] = list;
  return { min, max: list.at(-1) ?? 'TLSv1.3', old: min === 'TLSv1' || min === 'TLSv1.1' };
}
