import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tlsConnect } from '../../../src/checks/tls-connect/check.ts';
import type { TlsConnectFacts } from '../../../src/checks/tls-connect/facts.ts';
import { localHost } from '../../../src/host/local.ts';
import { vantageHost } from '../../../src/host/vantage.ts';
import type { Behaviour, CertificateOptions } from '../../fakes/backends.ts';
import { certificate, startBackend } from '../../fakes/backends.ts';
import { memoryContext } from '../../fakes/memory-host.ts';
import { configWith, knownFor, proxyPass } from '../probe-known.ts';

const stops: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

const pairs = new Map<string, { readonly key: string; readonly cert: string }>();
const named = (name: string, options: CertificateOptions): void => void pairs.set(name, certificate(options));
const pair = (name: string) => pairs.get(name) ?? { key: '', cert: '' };
beforeAll(() => {
  named('good', { name: 'localhost' });
  named('other', { name: 'other.example' });
  named('alternative', { name: 'other.example', alternatives: 'DNS:localhost' });
  named('address', { name: 'other.example', alternatives: 'IP:127.0.0.1' });
  named('wildcard', { name: '*.example.test' });
  named('expired', { name: 'localhost', from: '20200101000000Z', to: '20210101000000Z' });
  named('not yet', { name: 'localhost', from: '20400101000000Z', to: '20410101000000Z' });
});

interface Found {
  readonly facts: TlsConnectFacts;
  readonly outcome: string;
  readonly summary: string;
}

type Directives = Readonly<Record<string, string>>;

async function check(port: number, directives: Directives | null = {}, host = 'localhost', proxy = localHost('proxy')): Promise<Found> {
  const backend = `${host}:${port}`;
  const lines = Object.entries({ SSLProxyEngine: 'on', ...directives }).map(([name, value]) => ({
    name,
    value,
    virtualHost: null,
    at: { file: '/etc/px.conf', line: 9 },
  }));
  const config = configWith([proxyPass(backend, {}, { scheme: 'https' })], { directives: lines });
  const evidence = { 'tcp-connect': { outcome: 'connected' }, ...(directives === null ? {} : { 'proxy-config': { data: config } }) };
  const prepared = tlsConnect.prepare(knownFor({ backend, mode: 'tls', evidence }), { timeoutSeconds: 1 });
  if (!prepared.ready) throw new Error(prepared.reason);
  const parameters = { ...prepared.parameters, target: { ...prepared.parameters.target, addresses: ['127.0.0.1'] } };
  const { facts } = await tlsConnect.collect(memoryContext({ proxy, backend: null }), parameters);
  tlsConnect.facts.parse(facts);
  return { facts, ...tlsConnect.classify(facts, null) };
}

/** A backend that the proxy speaks plain HTTP to, after requests on fresh connections met `end`. */
function behindPlain(port: number, end: 'answered' | 'dropped'): ReturnType<typeof tlsConnect.prepare> {
  const backend = `localhost:${port}`;
  const fresh = { attempts: 2, answered: 0, dropped: 0, noAnswer: 0, [end]: 2 };
  const asked = { url: `http://${backend}/`, through: 'backend', attempts: [], answered: 0, good: 0, serverErrors: 0, dropped: 0, noAnswer: 0, mark: null, foundIn: [], lookedIn: [], servedBy: null, fresh };
  const evidence = { 'tcp-connect': { outcome: 'connected' }, 'proxy-config': { data: configWith([proxyPass(backend)]) }, 'http-request': { data: asked } };
  return tlsConnect.prepare(knownFor({ backend, mode: 'in-flight', evidence }), { timeoutSeconds: 1 });
}

async function serve(behaviour: Behaviour): Promise<number> {
  const backend = await startBackend(behaviour);
  stops.push(backend.stop);
  return backend.port;
}

/** What the table below expects is what httpd 2.4.71 did with the same certificates and settings: 200, or 500 with AH02411, AH02004, AH02276. */
describe.concurrent('the certificate, judged as mod_ssl does', () => {
  it.each<[string, string, Directives, string, string]>([
    ['good', 'localhost', {}, 'handshake-ok', 'ok'],
    ['other', 'localhost', {}, 'certificate', 'name-mismatch'],
    ['alternative', 'localhost', {}, 'handshake-ok', 'ok'],
    ['address', '127.0.0.1', {}, 'certificate', 'name-mismatch'],
    ['wildcard', 'localhost', {}, 'certificate', 'name-mismatch'],
    ['expired', 'localhost', {}, 'certificate', 'expired'],
    ['not yet', 'localhost', {}, 'certificate', 'not-yet-valid'],
    ['other', 'localhost', { SSLProxyCheckPeerName: 'off' }, 'handshake-ok', 'name-mismatch'],
    ['other', 'localhost', { SSLProxyCheckPeerCN: 'off' }, 'handshake-ok', 'name-mismatch'],
    ['other', 'localhost', { SSLProxyCheckPeerName: 'off', SSLProxyCheckPeerCN: 'on' }, 'certificate', 'name-mismatch'],
    ['expired', 'localhost', { SSLProxyCheckPeerName: 'off' }, 'certificate', 'expired'],
    ['expired', 'localhost', { SSLProxyCheckPeerExpire: 'off' }, 'handshake-ok', 'expired'],
    ['good', 'localhost', { SSLProxyVerify: 'require' }, 'certificate', 'untrusted'],
    ['good', 'localhost', { SSLProxyVerify: 'optional_no_ca' }, 'handshake-ok', 'ok'],
  ])('%s, asked for as %s, %j: %s', async (name, host, directives, outcome, result) => {
    const found = await check(await serve({ secure: pair(name) }), directives, host);
    expect([found.outcome, found.facts.result, found.facts.proxyWouldRefuse]).toEqual([outcome, result, outcome === 'certificate']);
  });

  it('is trusted when its issuer is among the proxy’s authorities', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'proxy-doctor-ca-'));
    stops.push(() => rm(folder, { recursive: true }));
    await writeFile(path.join(folder, 'ca.pem'), pair('good').cert);
    const found = await check(await serve({ secure: pair('good') }), {
      SSLProxyVerify: 'require',
      SSLProxyCACertificateFile: path.join(folder, 'ca.pem'),
    });
    expect(found).toMatchObject({ outcome: 'handshake-ok', facts: { proxyWouldRefuse: false } });
  });

  it('cannot be judged where the authorities can’t be read', async () => {
    const port = await serve({ secure: pair('good') });
    await expect(check(port, { SSLProxyVerify: 'require', SSLProxyCACertificateFile: '/nowhere/ca.pem' })).rejects.toMatchObject({
      status: 'skipped',
    });
  });

  it('an unknown configuration: the defaults would refuse it, and that they are defaults is said', async () => {
    const found = await check(await serve({ secure: pair('other') }), null);
    expect(found).toMatchObject({
      outcome: 'certificate',
      facts: { proxyWouldRefuse: null, proxyBecause: expect.stringContaining('not known') },
    });
  });

  it('SSLProxyEngine off: the backend is fine, the proxy is not', async () => {
    const found = await check(await serve({ secure: pair('good') }), { SSLProxyEngine: 'off' });
    expect(found).toMatchObject({
      outcome: 'handshake-ok',
      facts: { proxyWouldRefuse: true, proxyBecause: expect.stringContaining('/etc/px.conf:9') },
    });
  });

  it('TLS on a port that the proxy speaks plain HTTP to: asked only where plain requests are dropped, and said as that', async () => {
    const port = await serve({ secure: pair('other') });
    expect(behindPlain(port, 'answered')).toMatchObject({ ready: false, reason: 'The proxy speaks plain HTTP to this backend.' });
    const prepared = behindPlain(port, 'dropped');
    if (!prepared.ready) throw new Error(prepared.reason);
    const parameters = { ...prepared.parameters, target: { ...prepared.parameters.target, addresses: ['127.0.0.1'] } };
    const { facts } = await tlsConnect.collect(memoryContext({ proxy: localHost('proxy'), backend: null }), parameters);
    expect(facts).toMatchObject({ spokenTo: 'plain', certificate: { subject: 'CN=other.example' } });
    expect(tlsConnect.classify(facts, null)).toMatchObject({ outcome: 'handshake-ok', summary: expect.stringMatching(/TLS is behind localhost:\d+ \(TLSv1\.3.*must say https/) });
  });

  it('what the certificate says is in the facts, seen through a vantage too', async () => {
    const { facts } = await check(await serve({ secure: pair('alternative') }), {}, 'localhost', vantageHost('proxy', ['env']));
    expect(facts).toMatchObject({
      result: 'ok',
      protocol: 'TLSv1.3',
      certificate: { subject: 'CN=other.example', names: ['localhost'], selfSigned: true },
    });
  });
});

describe.concurrent('what is no handshake', () => {
  it.each<[string, () => Promise<number>, string]>([
    ['a plain HTTP server that answers 400', () => plain('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'), 'plain-http'],
    ['a plain HTTP server that waits for the end of a line', () => serve({}), 'plain-http'],
    ['a plain HTTP server that closes on what it does not know', () => closingHttp(), 'plain-http'],
    ['an ssh server', () => plain('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol'],
    ['a server that closes', () => plain(''), 'closed'],
    ['a server that never answers', () => plain(null), 'no-answer'],
  ])('%s', async (_name, start, outcome) => {
    expect((await check(await start())).outcome).toBe(outcome);
  });

  it('no connection is no verdict on TLS', async () => {
    const backend = await startBackend();
    await backend.stop();
    await expect(check(backend.port)).rejects.toMatchObject({
      name: 'CouldNot',
      status: 'failed',
      remedy: expect.stringContaining('tcp-connect'),
    });
  });
});

describe.concurrent('a server of openssl', () => {
  it.each<[string, readonly string[], Directives, string, object]>([
    ['speaks TLS 1.2', ['-tls1_2'], {}, 'handshake-ok', { protocol: 'TLSv1.2', clientCertificateAsked: false }],
    ['speaks TLS 1.2 only, the proxy 1.3 only', ['-tls1_2'], { SSLProxyProtocol: 'TLSv1.3' }, 'protocol', { protocol: 'TLSv1.2' }],
    ['speaks TLS 1.0 only', ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'], {}, 'protocol', { protocol: 'TLSv1' }],
    [
      'speaks TLS 1.0 only, and the proxy is told to',
      ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'],
      { SSLProxyProtocol: 'TLSv1' },
      'handshake-ok',
      { protocol: 'TLSv1' },
    ],
    [
      'wants a client certificate, TLS 1.2',
      ['-tls1_2', '-Verify', '1', '-verify_return_error'],
      {},
      'client-certificate',
      { clientCertificateAsked: true },
    ],
    [
      'wants a client certificate, TLS 1.3',
      ['-tls1_3', '-Verify', '1', '-verify_return_error'],
      {},
      'client-certificate',
      { clientCertificateAsked: true },
    ],
    ['would like a client certificate', ['-tls1_2', '-verify', '1'], {}, 'handshake-ok', { clientCertificateAsked: true }],
  ])('%s', async (_name, argv, directives, outcome, facts) => {
    const found = await check(await opensslServer(argv), directives);
    expect(found).toMatchObject({ outcome, facts });
  });
});

describe('when it is made', () => {
  const config = (scheme: string) => ({ 'proxy-config': { data: configWith([proxyPass('app:8080', {}, { scheme })]) } });
  it.each([
    ['an https backend', { backend: 'app:8080', evidence: config('https') }, {}, true],
    ['an http backend', { backend: 'app:8080', evidence: config('http') }, {}, false],
    [
      'an http backend by the configuration, TLS failures by the log',
      { backend: 'app:8080', mode: 'tls', evidence: config('http') },
      {},
      true,
    ],
    ['an https backend that the log knows by its address', { backend: '192.0.2.7:8080', evidence: config('https') }, {}, true],
    ['an address at another port than the https backend', { backend: '192.0.2.7:8081', evidence: config('https') }, {}, false],
    ['nothing known, port 8080', { backend: 'app:8080' }, {}, false],
    ['nothing known, port 443', { backend: 'app:443' }, {}, true],
    ['named on the command line of check', { backend: 'app:8080', mode: 'none', inputs: { backends: ['app:8080'] } }, {}, true],
    ['asked for by name', { backend: 'app:8080' }, { asked: true }, true],
    ['passive', { backend: 'app:443', inputs: { passive: true } }, {}, false],
  ])('%s', (_name, tables, set, ready) => {
    expect(tlsConnect.prepare(knownFor(tables), set).ready).toBe(ready);
  });
});

async function plain(says: string | null): Promise<number> {
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    if (says === null) return;
    socket.once('data', () => socket.end(says));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stops.push(async () => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function closingHttp(): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) =>
      socket.end(bytes.toString('latin1').startsWith('GET ') ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' : ''),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stops.push(async () => server.close());
  return (server.address() as AddressInfo).port;
}

async function opensslServer(argv: readonly string[]): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proxy-doctor-s-server-'));
  const file = path.join(folder, 'pair.pem');
  const { key, cert } = pair('good');
  await writeFile(file, key + cert);
  const port = await plainFreePort();
  const child = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', file, '-key', file, '-www', ...argv], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  stops.push(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('ACCEPT')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`openssl s_server ended with ${code}: ${said}`)));
  });
  return port;
}

async function plainFreePort(): Promise<number> {
  const backend = await startBackend();
  await backend.stop();
  return backend.port;
}
