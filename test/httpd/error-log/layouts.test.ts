/** A log built from known events gives those events back, whatever layout it is written in. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileErrorLogFormat } from '../../../src/httpd/error-log/format.ts';
import { parseErrorLine, type ParseOptions } from '../../../src/httpd/error-log/parse.ts';
import { default22, default24, formatted, wrappers, type Event } from './render.ts';

interface Known {
  readonly event: Event;
  readonly family: string;
  readonly backend: string | null;
  readonly symbol: string | null;
}

const address = fc.constantFrom('192.0.2.11:8080', '192.0.2.12:80', '[2001:db8::11]:8443');
const client = fc.constantFrom(
  { address: '203.0.113.7', port: 40_398 },
  { address: '2001:db8::7', port: 51_234 },
  { address: '::1', port: 39_934 },
);
const refused = { number: 111, text: 'Connection refused' };
const timeout = { number: 70_007, text: 'The timeout specified has expired' };
const reset = { number: 104, text: 'Connection reset by peer' };

const moment = fc
  .record({
    day: fc.integer({ min: Date.UTC(2020, 0, 1) / 86_400_000, max: Date.UTC(2026, 10, 20) / 86_400_000 }),
    micros: fc.integer({ min: 0, max: 86_400_000_000 - 1 }),
  })
  .map(({ day, micros }) => day * 86_400_000 + micros / 1000);

/** `known2.4` and the same in 2.2's words. */
function known(version: '2.4' | '2.2'): fc.Arbitrary<Known> {
  return fc
    .record({
      at: moment,
      pid: fc.integer({ min: 1, max: 4_194_304 }),
      tid: fc.option(fc.constantFrom(17, 140_023_206_749_952), { nil: null }),
      backend: address,
      who: client,
      referer: fc.option(fc.constantFrom('https://shop.example/a?b=c', 'http://x.example/, referer: http://y.example/'), { nil: null }),
      path: fc.constantFrom('/', '/shop/cart', '/a (b)/c'),
      kind: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ at, pid, tid, backend, who, referer, path, kind }) => {
      const modern = version === '2.4';
      const prefix = modern ? '' : 'proxy: ';
      const scheme = modern ? 'http' : 'HTTP';
      const base = { at: modern ? at : Math.floor(at / 1000) * 1000, level: 'error', pid, tid, errno: null, client: null, referer: null };
      const withClient = { client: who, referer };
      const code = (name: string): string | null => (modern ? name : null);
      const kinds: readonly (() => Known)[] = [
        () => ({
          event: {
            ...base,
            module: 'proxy',
            errno: refused,
            code: code('AH00957'),
            message: `${prefix}${scheme}: attempt to connect to ${backend} (app.example) failed`,
          },
          family: 'connect-failed',
          backend,
          symbol: 'ECONNREFUSED',
        }),
        () => ({
          event: {
            ...base,
            ...withClient,
            module: 'proxy_http',
            errno: timeout,
            code: code('AH01102'),
            message: `${prefix}error reading status line from remote server app.example:8080`,
          },
          family: 'status-line-failed',
          backend: 'app.example:8080',
          symbol: 'APR_TIMEUP',
        }),
        () => ({
          event: {
            ...base,
            ...withClient,
            module: 'proxy',
            code: code('AH00898'),
            message: `${prefix}Error reading from remote server returned by ${path}`,
          },
          family: 'status-line-failed',
          backend: null,
          symbol: null,
        }),
        () => ({
          event: {
            ...base,
            ...withClient,
            module: 'proxy',
            errno: reset,
            code: code('AH01084'),
            message: `${prefix}pass request body failed to ${backend} (app.example)`,
          },
          family: 'body-failed',
          backend,
          symbol: 'ECONNRESET',
        }),
        () => ({
          event: { ...base, module: 'proxy', code: code('AH00940'), message: `${prefix}${scheme}: disabled connection for (app.example)` },
          family: 'worker-disabled',
          backend: 'app.example',
          symbol: null,
        }),
        () => ({
          event: {
            ...base,
            module: 'mpm_event',
            code: code('AH00484'),
            message: `server reached ${modern ? 'MaxRequestWorkers' : 'MaxClients'} setting, consider raising the ${modern ? 'MaxRequestWorkers' : 'MaxClients'} setting`,
          },
          family: 'capacity',
          backend: null,
          symbol: null,
        }),
      ];
      const make = kinds[kind];
      if (make === undefined) throw new Error('no such kind');
      return make();
    });
}

const reference = Date.UTC(2026, 10, 22);

type Has = Partial<Record<'errno' | 'client' | 'time' | 'seconds' | 'module' | 'port', boolean>>;

/** What was read from a line, and what it has to be; `has` says which parts the layout writes at all. */
function back({ event, family, backend, symbol }: Known, line: string, has: Has, options: ParseOptions = {}): readonly [unknown, unknown] {
  const entry = parseErrorLine(line, { reference, ...options });
  const all = { errno: true, client: true, time: true, seconds: false, module: true, port: true, ...has };
  const peer = event.client === null ? null : all.port ? event.client : { ...event.client, port: null };
  const read = {
    family: entry?.family,
    code: entry?.code,
    backend: entry?.backend,
    symbol: entry?.errno?.symbol ?? null,
    client: entry?.client,
    wallClock: all.time ? entry?.wallClock : null,
    module: entry?.module,
    level: entry?.level,
  };
  const written = {
    family,
    code: event.code,
    backend,
    symbol: all.errno ? symbol : null,
    client: all.client ? peer : null,
    wallClock: all.time ? (all.seconds ? Math.floor(event.at / 1000) * 1000 : event.at) : null,
    module: all.module ? event.module : null,
    level: event.level,
  };
  return [read, written];
}

describe('httpd itself', () => {
  test('2.4, with microseconds', () => {
    fc.assert(
      fc.property(known('2.4'), (each) => {
        const [read, written] = back(each, default24(each.event), {});
        expect(read).toEqual(written);
      }),
    );
  });

  test('2.4, without fractions', () => {
    fc.assert(
      fc.property(known('2.4'), (each) => {
        const [read, written] = back(each, default24(each.event, 0), { seconds: true });
        expect(read).toEqual(written);
      }),
    );
  });

  test('2.2', () => {
    fc.assert(
      fc.property(known('2.2'), (each) => {
        const [read, written] = back(each, default22(each.event), { module: false, port: false, seconds: true });
        expect(read).toEqual(written);
      }),
    );
  });

  test('with the line ends of Windows', () => {
    fc.assert(
      fc.property(known('2.4'), (each) => {
        const [read, written] = back(each, `${default24(each.event)}\r\n`, {});
        expect(read).toEqual(written);
      }),
    );
  });

  test('the referer is told from the message, also one that pretends to hold another', () => {
    fc.assert(
      fc.property(known('2.4'), (each) => {
        expect(parseErrorLine(default24(each.event))?.referer ?? null).toBe(each.event.referer);
        expect(parseErrorLine(default24(each.event))?.text).toBe(each.event.message);
      }),
    );
  });
});

describe('wrapped', () => {
  /** Syslog's own time has no fraction; JSON in fields has no thread. */
  const secondsOnly = new Set(['syslog to a socket', 'syslog in a file', 'journald, short-iso', 'journald, short-full']);
  test.each(Object.entries(wrappers))('%s', (name, render) => {
    // A date without a year is of the last twelve months.
    const recent = (each: Known): Known => ({
      ...each,
      event: { ...each.event, at: reference - 86_400_000 - (each.event.at % 30_000_000_000) },
    });
    fc.assert(
      fc.property(known('2.4').map(recent), (each) => {
        const at = Math.round(each.event.at * 1000) / 1000;
        const exact = { ...each, event: { ...each.event, at } };
        const [read, written] = back(exact, render(exact.event), { seconds: secondsOnly.has(name) });
        expect(read).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });

  test('a zone of the wrapper makes the time a moment', () => {
    const line =
      '<139>1 2026-11-21T11:00:00.5+01:00 web1 httpd 7 - - [proxy:error] [pid 7] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.1:80 (a) failed';
    expect(parseErrorLine(line)).toMatchObject({
      instant: Date.UTC(2026, 10, 21, 10, 0, 0, 500),
      wallClock: Date.UTC(2026, 10, 21, 11, 0, 0, 500),
    });
  });

  test('structured data of RFC 5424 may hold a bracket, escaped', () => {
    const line = String.raw`<139>1 2026-11-21T10:00:00.5Z web1 httpd 7 ID47 [a@1 x="1"][b@1 y="c\]\"d"] [proxy:error] [pid 7] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.1:80 (a) failed`;
    expect(parseErrorLine(line)).toMatchObject({ instant: Date.UTC(2026, 10, 21, 10, 0, 0, 500), module: 'proxy', backend: '192.0.2.1:80' });
  });

  test("docker's zone and the line's own clock together: exact, and a moment", () => {
    const line =
      '2026-11-21T09:00:00.700000123Z [Sat Nov 21 10:00:00.500250 2026] [proxy:error] [pid 7] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.1:80 (a) failed';
    expect(parseErrorLine(line)).toMatchObject({
      instant: Date.UTC(2026, 10, 21, 9, 0, 0, 500) + 0.25,
      wallClock: Date.UTC(2026, 10, 21, 10, 0, 0, 500) + 0.25,
    });
  });

  test('a format that nobody told, with its time in front: that time is its own', () => {
    const line =
      '2026-11-21 10:00:00.500250 +0100 error proxy 4711 (111)Connection refused AH00957: http: attempt to connect to 192.0.2.1:80 (a) failed';
    expect(parseErrorLine(line)).toMatchObject({ instant: Date.UTC(2026, 10, 21, 9, 0, 0, 500) + 0.25, pid: '4711', module: 'proxy' });
  });

  test("bytes that httpd escapes as \\x.. in a JSON format of one's own do not hide the line", () => {
    const line =
      '{ "time":"2026-11-21 10:00:00.000000", "level":"error", "module":"proxy", "pid":"7", "message":"AH00898: Error reading from remote server returned by /a\\x1b[2Jb" }';
    expect(parseErrorLine(line)).toMatchObject({ family: 'status-line-failed', module: 'proxy', pid: '7' });
  });
});

describe('ErrorLogFormat', () => {
  const formats: readonly (readonly [string, Has])[] = [
    [String.raw`[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`, {}],
    [String.raw`[%t] [%l] [pid %P] %F: %E: [client %a] %M`, { seconds: true, module: false }],
    [String.raw`[%{cu}t] [%-m:%l] %-a %-L %M`, { errno: false }],
    [String.raw`%{cuz}t %l %-m %P %E %a %M`, {}],
    [String.raw`[%{u}t] %v [%m:%l] [pid %P] %E: [client\ %a] %M`, {}],
    [String.raw`[%{u}t] [%L] [%m:%l] [pid %P] %E: [client\ %a] %M`, {}],
    [String.raw`[%{u}t]% [%m:%l]% [pid %P] %E: [client\ %a] %M`, {}],
    [String.raw`%P;%{cu}t;%m;%l;%-a;%-E;%M`, {}],
    [String.raw`%{cu}t %P %m/%l <%-a> {%-E} %M`, {}],
    [String.raw`%M`, { errno: false, client: false, time: false, module: false }],
  ];

  test.each(formats.slice(0, 9))('%s, compiled from the configuration', (format, has) => {
    const layout = compileErrorLogFormat(format);
    expect(layout).not.toBeNull();
    fc.assert(
      fc.property(known('2.4'), (each) => {
        const [read, written] = back(each, formatted(format, each.event), has, { layout });
        expect(read).toEqual(written);
      }),
    );
  });

  test.each(formats.slice(0, 4))('%s, nobody told: code, family and backend are still known', (format) => {
    fc.assert(
      fc.property(known('2.4'), (each) => {
        const entry = parseErrorLine(formatted(format, each.event), { reference });
        expect([entry?.family, entry?.code, entry?.backend, entry?.level]).toEqual([
          each.family,
          each.event.code,
          each.backend,
          each.event.level,
        ]);
      }),
    );
  });

  test('a format without anything but the message', () => {
    fc.assert(
      fc.property(known('2.4'), (each) => {
        const entry = parseErrorLine(formatted('%M', each.event), { reference, layout: compileErrorLogFormat('%M') });
        expect([entry?.family, entry?.code, entry?.backend]).toEqual([each.family, each.event.code, each.backend]);
      }),
    );
  });

  test('start-up lines in the default layout are read in a log of another format', () => {
    const layout = compileErrorLogFormat(String.raw`%{cuz}t %l %-m %P %E %a %M`);
    const line =
      '[Sat Nov 21 10:00:00.000001 2026] [mpm_event:notice] [pid 7:tid 7] AH00489: Apache/2.4.54 (Unix) configured -- resuming normal operations';
    expect(parseErrorLine(line, { layout })).toMatchObject({ message: 'server-started', module: 'mpm_event', pid: '7' });
  });

  test('a format with an item of tomorrow is left to the lines themselves', () => {
    expect(compileErrorLogFormat('[%t] %Q %M')).toBeNull();
    expect(compileErrorLogFormat('[%t] [%l]')).toBeNull();
  });
});

describe('the quick way and the careful way', () => {
  test('give the same entry', () => {
    fc.assert(
      fc.property(fc.array(known('2.4'), { minLength: 1, maxLength: 8 }), (events) => {
        for (const { event } of events) {
          const line = default24(event);
          const quick = parseErrorLine(line, { reference });
          // A layout that reads nothing leads the careful way.
          const careful = parseErrorLine(line, { reference, layout: { name: 'none', read: () => null } });
          expect(quick).toEqual(careful);
          expect(parseErrorLine(line, { reference })).toEqual(careful);
        }
      }),
    );
  });
});

describe('dates without a year', () => {
  const line = (day: string): string => `${day} 10:00:00 web1 httpd[7]: [proxy:error] [pid 7] AH00940: http: disabled connection for (app)`;
  test.each([
    ['Nov 21', Date.UTC(2026, 10, 22), 2026],
    ['Dec 31', Date.UTC(2026, 0, 2), 2025],
    ['Feb 29', Date.UTC(2026, 5, 1), 2024],
    ['Nov 23', Date.UTC(2026, 10, 22, 12), 2026],
    ['Nov 24', Date.UTC(2026, 10, 22, 12), 2025],
  ])('%s, read on %s, is of %s', (day, now, year) => {
    const at = parseErrorLine(line(day), { reference: now })?.wallClock ?? 0;
    expect(new Date(at).getUTCFullYear()).toBe(year);
  });

  test('a weekday decides the year where there is one', () => {
    const entry = parseErrorLine('[Fri Nov 21 10:00:00.5] [proxy:error] [pid 7] AH00940: http: disabled connection for (app)', {
      reference: Date.UTC(2027, 0, 1),
    });
    expect(entry?.wallClock).toBe(Date.UTC(2025, 10, 21, 10, 0, 0, 500));
  });
});
