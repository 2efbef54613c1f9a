import { describe, expect, test } from 'vitest';
import { nameBackends } from '../../../src/checks/logs/backend-names.ts';
import { FailureTable, Names, disabling } from '../../../src/checks/logs/failure-table.ts';
import { joinLogs } from '../../../src/checks/logs/join.ts';
import { noErrorId, SuspectTable } from '../../../src/checks/logs/suspect-table.ts';
import type { Family } from '../../../src/checks/error-log/facts.ts';
import { configOf } from './run.ts';

interface Row {
  readonly at?: number;
  readonly family?: Family;
  readonly backend?: string;
  readonly other?: string;
  readonly client?: string;
  readonly path?: string;
  readonly errno?: string;
  readonly disables?: boolean;
  readonly logId?: string;
}

function tableOf(rows: readonly Row[]): FailureTable {
  const table = new FailureTable();
  for (const {
    at = 0,
    family = 'connect-failed',
    backend = null,
    other = null,
    client = null,
    path = null,
    errno = null,
    disables = false,
    logId = null,
  } of rows) {
    const row = table.add(at, family);
    table.backend[row] = table.backends.id(backend);
    table.otherName[row] = table.backends.id(other);
    table.client[row] = table.clients.id(client);
    table.path[row] = table.paths.id(path);
    table.errno[row] = table.errnos.id(errno);
    table.logId[row] = table.logIds.id(logId);
    if (disables) table.mark(row, disabling);
  }
  return table;
}

describe('names of one backend', () => {
  const named = (rows: readonly Row[], config = configOf([])) => {
    const table = tableOf(rows);
    const names = nameBackends(table, config, [], (path) => (path.startsWith('/app') ? 'app.internal:8080' : null));
    return Array.from(names.ofRow, (number) => (number < 0 ? null : names.list[number]?.backend));
  };

  test('a host in any case of letters is one, and two sockets whose paths differ in it are two, by the names they have', () => {
    expect(named([{ backend: 'App:80' }, { backend: 'app:80' }, { backend: 'unix:/run/App.sock' }, { backend: 'unix:/run/app.sock' }])).toEqual(['app:80', 'app:80', 'unix:/run/App.sock', 'unix:/run/app.sock']);
  });

  test('address, name in parentheses, name with port, name alone', () => {
    expect(
      named([
        { backend: '10.0.0.5:8080', other: 'app.internal' },
        { backend: 'app.internal:8080' },
        { backend: 'app.internal' },
        { backend: '10.0.0.5' },
        { backend: '10.0.0.5:8080', other: 'app.internal:8080' },
      ]),
    ).toEqual(Array.from({ length: 5 }, () => '10.0.0.5:8080'));
  });

  test('what stands before the parentheses wins, however rare', () => {
    expect(
      named([{ backend: 'localhost:8000' }, { backend: 'localhost:8000' }, { backend: '127.0.0.1:8000', other: 'localhost' }])[0],
    ).toBe('127.0.0.1:8000');
  });

  test('two ports on one host stay apart, and a name alone is joined by the path', () => {
    const config = configOf([
      { path: '/app', backend: 'app.internal:8080' },
      { path: '/api', backend: 'app.internal:9090' },
    ]);
    expect(
      named([{ backend: 'app.internal', path: '/app/x' }, { backend: 'app.internal:9090' }, { backend: 'app.internal' }], config),
    ).toEqual(['app.internal:8080', 'app.internal:9090', 'app.internal']);
  });

  test('IPv6', () => {
    expect(named([{ backend: '[::1]:8080', other: 'localhost' }, { backend: 'localhost:8080' }, { backend: '::1' }])).toEqual([
      '[::1]:8080',
      '[::1]:8080',
      '[::1]:8080',
    ]);
  });

  test('a failure that only names its path', () => {
    expect(named([{ path: '/app/x', family: 'bad-response' }], configOf([{ path: '/app', backend: 'app.internal:8080' }]))).toEqual([
      'app.internal:8080',
    ]);
    expect(named([{ path: '/elsewhere', family: 'bad-response' }])).toEqual([null]);
  });

  test('"all workers are in error state" stands for the member put out of use last', () => {
    const config = configOf([
      { path: '/', backend: '10.0.0.1:80', balancer: 'balancer://b' },
      { path: '/', backend: '10.0.0.2:80', balancer: 'balancer://b' },
    ]);
    const down = { family: 'worker-disabled', backend: 'balancer://b' } as const;
    expect(named([{ backend: '10.0.0.1:80', disables: true }, down, { backend: '10.0.0.2:80', disables: true }, down], config)).toEqual([
      '10.0.0.1:80',
      '10.0.0.1:80',
      '10.0.0.2:80',
      '10.0.0.2:80',
    ]);
  });
});

describe('lines of both logs that are one request', () => {
  interface Suspect {
    readonly start: number;
    readonly ms?: number;
    readonly status?: number;
    readonly client?: string;
    readonly path?: string;
    /** `%L`; null: it is `-`. */
    readonly errorId?: string | null;
  }
  const join = (failures: readonly Row[], suspects: readonly Suspect[]): number[] => {
    const table = new SuspectTable();
    for (const { start, ms = NaN, status = 502, client = null, errorId } of suspects) {
      const row = table.add();
      table.start[row] = start;
      table.durationMs[row] = ms;
      table.status[row] = status;
      table.client[row] = table.clients.id(client);
      if (errorId !== undefined) table.errorId[row] = errorId === null ? noErrorId : table.errorIds.id(errorId);
    }
    return [...joinLogs(tableOf(failures), table, (row) => suspects[row]?.path ?? null).requestOf];
  };
  const inFlight = 'status-line-failed' as const;

  test('the failure lies at the end of the request, not at its start', () => {
    expect(
      join(
        [{ at: 62_100, family: inFlight, client: 'a' }],
        [
          { start: 62_000, ms: 30_000, client: 'a' },
          { start: 2000, ms: 60_050, client: 'a' },
        ],
      ),
    ).toEqual([1]);
  });

  test('the same %L belongs together, whatever times and clients say', () => {
    const failures = [
      { at: 1500, client: 'a', logId: 'Y9D7wne0KDk' },
      { at: 1600, client: 'b', logId: 'VtL7wnezKDk' },
      { at: 1700, client: 'a' },
    ];
    const suspects = [
      { start: 1000, ms: 500, status: 503, client: 'a', errorId: 'VtL7wnezKDk' },
      { start: 1000, ms: 700, status: 503, client: 'a', errorId: null },
      { start: 90_000, ms: 600, status: 503, client: 'c', errorId: 'Y9D7wne0KDk' },
    ];
    // The third failure's lines tell no id (AH00957 alone): it goes by time, as ever.
    expect(join(failures, suspects)).toEqual([2, 0, 1]);
  });

  test('a failure that tells its %L is no request with another one, or with none', () => {
    const request = { start: 1000, ms: 500, status: 503, client: 'a' };
    const failure = [{ at: 1500, client: 'a', logId: 'Y9D7wne0KDk' }];
    expect(join(failure, [{ ...request, errorId: 'other' }])).toEqual([-1]);
    expect(join(failure, [{ ...request, errorId: null }])).toEqual([-1]);
    // An access log without %L says nothing against it.
    expect(join(failure, [request])).toEqual([0]);
  });

  test('clients are not mixed up', () => {
    expect(
      join(
        [
          { at: 1500, client: 'b' },
          { at: 1500, client: 'a' },
        ],
        [
          { start: 1000, ms: 400, status: 503, client: 'a' },
          { start: 1000, ms: 400, status: 503, client: 'b' },
        ],
      ),
    ).toEqual([1, 0]);
  });

  test('one line, one request: a second failure takes the next one', () => {
    const suspects = [1000, 1000, 1000].map((start) => ({ start, ms: 10, status: 503, client: 'a' }));
    const joined = join(
      [1, 2, 3].map((i) => ({ at: 1000 + i * 100, client: 'a' })),
      suspects,
    );
    expect([...joined].sort()).toEqual([0, 1, 2]);
  });

  test('without durations, time-outs are matched by the time that they take', () => {
    const failures = [10, 200, 400].map((second) => ({ at: second * 1000 + 60_500, family: inFlight, client: 'a', errno: 'APR_TIMEUP' }));
    const suspects = [10, 69, 200, 259, 400].map((second) => ({ start: second * 1000, client: 'a' }));
    // 69 s and 259 s are nearer in time; the lone one at 400 s shows that these failures take a minute.
    expect(join(failures.slice(2), suspects.slice(4))).toEqual([0]);
    expect(join(failures, suspects)[2]).toBe(4);
  });

  test('the path decides where the line names it', () => {
    expect(
      join(
        [{ at: 1500, family: inFlight, client: 'a', path: '/b/7' }],
        [
          { start: 1000, ms: 480, client: 'a', path: '/a' },
          { start: 1000, ms: 300, client: 'a', path: '/b/{id}' },
        ],
      ),
    ).toEqual([1]);
  });

  test('a status that such a failure does not give is another request', () => {
    expect(join([{ at: 1500, client: 'a' }], [{ start: 1000, ms: 450, status: 400, client: 'a' }])).toEqual([-1]);
    expect(join([{ at: 1500, family: inFlight, client: 'a' }], [{ start: 1000, ms: 450, status: 200, client: 'a' }])).toEqual([-1]);
    expect(join([{ at: 1500, family: 'response-failed', client: 'a' }], [{ start: 1000, ms: 450, status: 200, client: 'a' }])).toEqual([0]);
  });

  test('lines without a client (AH00940) are matched by time', () => {
    expect(
      join(
        [{ at: 5100, family: 'worker-disabled' }],
        [
          { start: 1000, status: 503, client: 'a' },
          { start: 5000, status: 503, client: 'b' },
        ],
      ),
    ).toEqual([1]);
  });

  test('logs that name clients differently are matched by time alone', () => {
    const failures = [1, 2, 3, 4, 5, 6].map((second) => ({ at: second * 10_000 + 200, client: '10.0.0.1' }));
    const suspects = [1, 2, 3, 4, 5, 6].map((second) => ({ start: second * 10_000, ms: 150, status: 503, client: 'host.example' }));
    expect(join(failures, suspects)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('a refusal is not matched with a 503 of ten minutes ago', () => {
    expect(join([{ at: 700_000, client: 'a', errno: 'ECONNREFUSED' }], [{ start: 100_000, status: 503, client: 'a' }])).toEqual([-1]);
  });
});

test('more names than there is room for are as if the line did not tell', () => {
  const names = new Names(2);
  expect([names.id('a'), names.id('b'), names.id('c'), names.id('a'), names.id(null)]).toEqual([0, 1, -1, 0, -1]);
  expect([names.name(1), names.name(-1)]).toEqual(['b', null]);
});
