/** The handshake as the proxy would make it; a second one only where the first one failed in a way that another offer explains. */
import type { CheckContext, Collected } from '../check.ts';
import { CouldNot } from '../check.ts';
import type { Host } from '../../host/host.ts';
import { ask } from '../../httpd/wire/conversation.ts';
import { addressesFor, dial } from '../http-request/dial.ts';
import type { TlsConnectFacts } from './facts.ts';
import type { Offer, Shaken } from './handshake.ts';
import { handshake } from './handshake.ts';
import { judge } from './judge.ts';
import type { Parameters } from './parameters.ts';

/** Files of a folder of authorities that are read at most. */
const mostAuthorities = 300;

export async function collect(context: CheckContext, parameters: Parameters): Promise<Collected<TlsConnectFacts>> {
  const { target, proxyTls, timeoutSeconds } = parameters;
  const host = context.hosts.proxy;
  const addresses = await addressesFor(host, target);
  const timeoutMs = timeoutSeconds * 1000;
  const options = { timeoutMs, signal: context.signal };
  const open = async () => {
    const dialled = await dial(host, { ...target, secure: false }, addresses, options);
    if (dialled.kind === 'open') return dialled.socket;
    const code = dialled.kind === 'not-connected' ? (dialled.code ?? dialled.outcome) : dialled.code;
    throw new CouldNot(
      'failed',
      `No connection to ${target.host}:${target.port} (${code}), so there was no handshake.`,
      `proxy-doctor check tcp-connect ${target.host}:${target.port}`,
    );
  };
  const shake = async (offer: Offer): Promise<Shaken> => {
    const shaken = await handshake(await open(), offer);
    context.signal.throwIfAborted();
    return shaken;
  };
  context.progress({ done: 0, total: 1, unit: 'attempts', text: `handshake with ${target.host}:${target.port} as ${target.serverName}` });

  const authorities = proxyTls.verify === 'none' ? null : await readAuthorities(host, parameters);
  const asProxy: Offer = { serverName: target.serverName, min: proxyTls.min, max: proxyTls.max, old: proxyTls.old, authorities, timeoutMs };
  const first = await shake(asProxy);
  const base = {
    host: target.host,
    port: target.port,
    serverName: target.serverName,
    spokenTo: parameters.spokenTo,
    protocol: first.protocol,
    cipher: first.cipher,
    certificate: first.seen?.certificate ?? null,
    proxyWouldRefuse: null,
    proxyBecause: 'the handshake did not get as far as a certificate',
    clientCertificateAsked: asked(first),
    error: first.code ?? (first.flight.alert === null ? null : `alert ${first.flight.alert}`),
    offered: proxyTls.min === proxyTls.max ? proxyTls.min : `${proxyTls.min} to ${proxyTls.max}`,
    proxyCertificate:
      proxyTls.clientCertificate === null ? null : (proxyTls.places['SSLProxyMachineCertificateFile'] ?? proxyTls.clientCertificate),
  };
  const done = (more: Partial<TlsConnectFacts> & Pick<TlsConnectFacts, 'result'>): Collected<TlsConnectFacts> => ({
    facts: { ...base, ...more },
    commands: [],
  });

  if (first.ended === 'ok' && first.seen !== null) {
    const judged = judge(first.seen, target.serverName, proxyTls, host.now());
    if (!proxyTls.engine && parameters.spokenTo !== 'plain') {
      return done({
        result: judged.result,
        proxyWouldRefuse: true,
        proxyBecause: `${proxyTls.places['SSLProxyEngine'] ?? 'SSLProxyEngine is off, its default'}: this httpd speaks no TLS to backends`,
      });
    }
    // Without the configuration only the defaults can be judged by, and that is said.
    const refuse = proxyTls.known ? judged.refuse : null;
    const because = proxyTls.known ? judged.because : `the proxy’s settings are not known; by httpd’s defaults: ${judged.because}`;
    return done({ result: judged.result, proxyWouldRefuse: refuse, proxyBecause: because });
  }
  if (first.flight.isHttp) return done({ result: 'plain-http' });
  if (asked(first) === true) return done({ result: 'client-certificate' });
  if (first.afterwards) {
    // TLS 1.3 hides what was asked for; TLS 1.2 shows it.
    const older = await shake({ ...asProxy, min: 'TLSv1.2', max: 'TLSv1.2' });
    return done(asked(older) === true ? { result: 'client-certificate', clientCertificateAsked: true } : { result: 'closed' });
  }
  if (first.flight.isTls && (first.ended === 'refused' || first.flight.alert !== null)) {
    const wide = await shake({ ...asProxy, min: 'TLSv1', max: 'TLSv1.3', old: true });
    if (wide.ended === 'ok')
      return done({ result: 'protocol', protocol: wide.protocol, cipher: wide.cipher, certificate: wide.seen?.certificate ?? null });
    if (asked(wide) === true) return done({ result: 'client-certificate', clientCertificateAsked: true });
    return done({ result: [40, 70, 71].includes(wide.flight.alert ?? first.flight.alert ?? 0) ? 'protocol' : 'other' });
  }
  if (await speaksPlainHttp(context, parameters, addresses)) return done({ result: 'plain-http' });
  switch (first.ended) {
    case 'no-answer':
      return done({ result: 'no-answer' });
    case 'closed':
    case 'reset':
      return done({ result: 'closed', error: first.code ?? 'closed' });
    default:
      return done({ result: 'other' });
  }
}

/** Did the backend ask for a client certificate: seen on the wire, or said in an alert of TLS 1.3 (certificate_required, 116). */
function asked(shaken: Shaken): boolean | null {
  if (shaken.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' || shaken.flight.alert === 116) return true;
  return shaken.flight.clientCertificateAsked;
}

/** A plain server may close, or wait for more, when a TLS handshake begins. A 400 tells nothing: TLS servers say that to plain requests. */
async function speaksPlainHttp(
  context: CheckContext,
  { target, timeoutSeconds }: Parameters,
  addresses: readonly string[],
): Promise<boolean> {
  const options = { timeoutMs: timeoutSeconds * 1000, signal: context.signal };
  const dialled = await dial(context.hosts.proxy, { ...target, secure: false }, addresses, options);
  if (dialled.kind !== 'open') return false;
  const told = await ask(dialled.socket, { method: 'GET', target: '/', host: target.hostField, close: true }, options.timeoutMs);
  dialled.socket.close();
  return told.head !== null && told.head.status !== 400;
}

async function readAuthorities(host: Host, { proxyTls }: Parameters): Promise<string[]> {
  const files = proxyTls.caFile === null ? [] : [proxyTls.caFile];
  if (proxyTls.caPath !== null)
    files.push(...(await host.list(proxyTls.caPath).catch(() => [])).slice(0, mostAuthorities).map((name) => `${proxyTls.caPath}/${name}`));
  const texts: string[] = [];
  for (const file of files) {
    try {
      texts.push((await host.readFile(file, 4 * 1024 * 1024)).toString('latin1'));
    } catch (error) {
      if (file === proxyTls.caFile) {
        throw new CouldNot(
          'skipped',
          `The proxy’s authorities in ${file} could not be read: ${error instanceof Error ? error.message : String(error)}`,
          'Run it as a user who may read that file.',
        );
      }
    }
  }
  return texts.flatMap((text) => text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? []);
}
