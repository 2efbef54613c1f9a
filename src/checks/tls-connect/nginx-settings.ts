/**
 * What nginx's TLS settings demand of an upstream, in the terms of settings.ts. Pure. nginx checks nothing of a certificate unless
 * proxy_ssl_verify is on; then chain, dates and name together (ngx_http_upstream.c, ngx_http_upstream_ssl_handshake).
 */
import type { BackendSetting, ProxyConfigFacts } from '../proxy-config/facts.ts';
import { type ProxyTls, protocols } from './settings.ts';

export function nginxTlsOf(config: ProxyConfigFacts, settings: readonly BackendSetting[]): ProxyTls {
  const virtualHost = settings.map((setting) => setting.virtualHost).find((name) => name !== null) ?? null;
  const line = (name: string): ProxyConfigFacts['directives'][number] | undefined => {
    const lines = config.directives.filter((one) => one.name === name);
    return lines.findLast((one) => one.virtualHost === virtualHost) ?? lines.findLast((one) => one.virtualHost === null);
  };
  const said = (name: string): string | null => {
    const own = line(name);
    return own === undefined ? null : `${name} ${own.value} (${own.at.file}:${own.at.line})`;
  };
  const verify = line('proxy_ssl_verify')?.value === 'on';
  const place = said('proxy_ssl_verify') ?? 'proxy_ssl_verify is off, its default';
  const clientCertificate = line('proxy_ssl_certificate')?.value ?? null;
  return {
    known: settings.length > 0,
    engine: true,
    checkName: verify,
    checkDates: verify,
    verify: verify ? 'require' : 'none',
    caFile: line('proxy_ssl_trusted_certificate')?.value ?? null,
    caPath: null,
    ...protocols(line('proxy_ssl_protocols')?.value ?? null),
    clientCertificate,
    // Under httpd's names, by which the judgement looks for the place of each.
    places: {
      SSLProxyVerify: place,
      SSLProxyCheckPeerName: place,
      SSLProxyCheckPeerExpire: place,
      ...(clientCertificate === null ? {} : { SSLProxyMachineCertificateFile: said('proxy_ssl_certificate') ?? clientCertificate }),
    },
  };
}
