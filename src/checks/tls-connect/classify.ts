/** What the handshake says. Pure. */
import type { Classified } from '../check.ts';
import type { TlsConnectFacts } from './facts.ts';

export const outcomes = {
  'handshake-ok': 'The handshake succeeds, and nothing in the proxy’s settings refuses it',
  'plain-http': 'Behind the port is plain HTTP, not TLS',
  certificate: 'The proxy refuses the backend’s certificate: its name, its dates or its issuer',
  protocol: 'The two find no protocol or cipher in common',
  'client-certificate': 'The backend wants a client certificate',
  closed: 'The backend closes or resets the connection during the handshake',
  'no-answer': 'The backend does not answer the handshake',
} as const;
export type Outcome = keyof typeof outcomes;

export function classify(facts: TlsConnectFacts): Classified<Outcome> {
  const { result, proxyWouldRefuse, proxyBecause } = facts;
  const spoken = [facts.protocol, facts.cipher].filter((part) => part !== null).join(', ');
  if (facts.spokenTo === 'plain' && facts.certificate !== null) {
    return {
      outcome: 'handshake-ok',
      summary: `TLS is behind ${facts.host}:${facts.port}${spoken === '' ? '' : ` (${spoken})`}: the proxy’s line for it must say https://, or the backend must offer plain HTTP there`,
    };
  }
  switch (result) {
    case 'ok':
      return {
        outcome: 'handshake-ok',
        summary:
          proxyWouldRefuse === true
            ? `the handshake succeeds (${spoken}), but not for the proxy: ${proxyBecause}`
            : `the handshake succeeds (${spoken}): ${proxyBecause}`,
      };
    case 'name-mismatch':
    case 'expired':
    case 'not-yet-valid':
    case 'untrusted':
      return proxyWouldRefuse === false
        ? {
            outcome: 'handshake-ok',
            summary: `the handshake succeeds (${spoken}), and the proxy lets the certificate pass: ${proxyBecause}`,
          }
        : { outcome: 'certificate', summary: `the proxy refuses the backend’s certificate: ${proxyBecause}` };
    case 'plain-http':
      return {
        outcome: 'plain-http',
        summary: `plain HTTP is behind ${facts.host}:${facts.port}: the proxy’s line for it must say http://, or the backend must offer TLS there`,
      };
    case 'protocol':
      return {
        outcome: 'protocol',
        summary:
          spoken === ''
            ? `no protocol or cipher in common: the proxy offers ${facts.offered ?? 'its default'} (${facts.error ?? 'refused'})`
            : `no protocol or cipher in common: the proxy offers ${facts.offered ?? 'its default'}, the backend agrees to ${spoken} only`,
      };
    case 'client-certificate': {
      const own = facts.proxyCertificate;
      return {
        outcome: 'client-certificate',
        summary: own
          ? `the backend wants a client certificate; the proxy has one (${own}), whether that is taken could not be tried from here`
          : 'the backend wants a client certificate, and the proxy has none (SSLProxyMachineCertificateFile)',
      };
    }
    case 'closed':
    case 'not-connected':
      return { outcome: 'closed', summary: `the backend ends the connection during the handshake (${facts.error ?? 'closed'})` };
    case 'no-answer':
      return { outcome: 'no-answer', summary: 'the connection is accepted, but the handshake gets no answer' };
    case 'other':
      return {
        outcome: 'protocol',
        summary: `what answers is not a TLS server that the proxy could talk to (${facts.error ?? 'another protocol'})`,
      };
  }
}
