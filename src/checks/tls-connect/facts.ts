/** Facts of the check `tls-connect`: the handshake with the backend as the proxy would make it. */
import * as z from 'zod';
export const facts = z.object({
  host: z.string(),
  port: z.number(),
  serverName: z.string().nullable(),
  /** How the proxy speaks to this port by its configuration: a handshake with a port that it speaks plain HTTP to is a question, not a fault. */
  spokenTo: z.enum(['tls', 'plain']).nullable().optional(),
  /** What the handshake ended with. */
  result: z.enum([
    'ok',
    'plain-http',
    'name-mismatch',
    'expired',
    'not-yet-valid',
    'untrusted',
    'protocol',
    'client-certificate',
    'closed',
    'no-answer',
    'not-connected',
    'other',
  ]),
  protocol: z.string().nullable(),
  cipher: z.string().nullable(),
  certificate: z
    .object({
      subject: z.string(),
      issuer: z.string(),
      names: z.array(z.string()),
      from: z.string(),
      to: z.string(),
      selfSigned: z.boolean(),
    })
    .nullable(),
  /** Would this proxy's settings (SSLProxyVerify, SSLProxyCheckPeerName …) refuse that certificate? */
  proxyWouldRefuse: z.boolean().nullable(),
  proxyBecause: z.string(),
  clientCertificateAsked: z.boolean().nullable(),
  error: z.string().nullable(),
  /** Protocols that were offered first, as the proxy would: `TLSv1.2 to TLSv1.3`. */
  offered: z.string().optional(),
  /** The proxy has a client certificate of its own (SSLProxyMachineCertificateFile): file and line. The probe can't use it. */
  proxyCertificate: z.string().nullable().optional(),
});
export type TlsConnectFacts = z.infer<typeof facts>;
