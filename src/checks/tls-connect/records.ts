/**
 * The first records that a TLS server sent, as they came over the wire (RFC 5246, RFC 8446): enough to tell what node's TLS does not say.
 * Pure; never throws.
 */

export interface ServerFlight {
  /** The first byte is that of a TLS record: handshake or alert. */
  readonly isTls: boolean;
  /** What came is HTTP in the clear. */
  readonly isHttp: boolean;
  /** A CertificateRequest in the clear (up to TLS 1.2); null: not to be seen (TLS 1.3 encrypts it, or the flight is cut). */
  readonly clientCertificateAsked: boolean | null;
  /** Code of an alert in the clear: 40 handshake_failure, 70 protocol_version, 112 unrecognized_name. */
  readonly alert: number | null;
}

const handshakeRecord = 22;
const alertRecord = 21;
const changeCipherSpec = 20;
const certificateRequest = 13;
const serverHelloDone = 14;

export function readServerFlight(bytes: Buffer): ServerFlight {
  const first = bytes[0];
  const isHttp = bytes.toString('latin1', 0, 5) === 'HTTP/';
  const isTls = (first === handshakeRecord || first === alertRecord) && bytes[1] === 3;
  if (!isTls) return { isTls, isHttp, clientCertificateAsked: null, alert: null };
  const handshake: Buffer[] = [];
  let alert: number | null = null;
  for (let at = 0; at + 5 <= bytes.length;) {
    const type = bytes[at] ?? 0;
    const length = bytes.readUInt16BE(at + 3);
    const body = bytes.subarray(at + 5, at + 5 + length);
    at += 5 + length;
    if (type === alertRecord) {
      // Two bytes are an alert in the clear; longer ones are encrypted.
      if (body.length === 2) alert = body[1] ?? null;
    } else if (type === handshakeRecord) handshake.push(body);
    else if (type === changeCipherSpec) break;
  }
  return { isTls, isHttp, clientCertificateAsked: asksForCertificate(Buffer.concat(handshake)), alert };
}

function asksForCertificate(messages: Buffer): boolean | null {
  for (let at = 0; at + 4 <= messages.length;) {
    const type = messages[at];
    if (type === certificateRequest) return true;
    if (type === serverHelloDone) return false;
    at += 4 + messages.readUIntBE(at + 1, 3);
  }
  return null;
}
