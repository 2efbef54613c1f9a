import { describe, expect, it } from 'vitest';
import { enough, freshCount } from '../../../src/checks/http-request/fresh-count.ts';
import { knownFor } from '../probe-known.ts';

/** As many GETs as it takes for chance to be no explanation, and never a load. */
describe('how many requests straight to the backend', () => {
  const log = (failed: number, requests: number | null): unknown => ({
    lines: 1,
    matched: 1,
    notRecognised: 0,
    notRecognisedSamples: [],
    files: [],
    families: {},
    capacity: [],
    capacityCount: 0,
    lifecycle: [],
    timeline: null,
    impact: null,
    samples: [],
    window: { from: null, to: null, covered: true, because: '' },
    zone: { offset: '+0000', from: 'host' },
    backends: [
      {
        backend: '192.0.2.2:8080',
        names: [],
        families: {},
        codes: {},
        errnos: {},
        errnosByMode: {},
        failures: failed,
        byMode: { 'in-flight': failed },
        frequency: 'sporadic',
        frequencyBecause: '',
        frequencyBasis: 'access-log',
        frequencyByMode: {},
        outage: null,
        bursts: [],
        requests,
        failedRequests: failed,
        loadCorrelation: null,
        first: null,
        last: null,
        ongoing: null,
        ongoingBecause: '',
        successesSince: null,
        inFlightDurationsMs: null,
        freshFailures: 0,
        reusedFailures: 0,
        samples: [],
      },
    ],
  });

  it.each([
    ['one in ten fails', log(10, 100), 29],
    ['half of them fail', log(50, 100), 5],
    ['all fail', log(100, 100), 2],
    ['one in a hundred: more than may be asked', log(1, 100), 30],
    ['no access log tells the rate', log(5, null), 5],
  ])('%s', (_name, data, count) => {
    expect(freshCount(knownFor({ evidence: { 'error-log': { data } } }))).toBe(count);
  });

  it('in a row by chance: at most one in twenty', () => {
    for (const rate of [0.03, 0.1, 0.3, 0.9]) {
      expect((1 - rate) ** enough(rate)).toBeLessThanOrEqual(0.05);
      expect((1 - rate) ** (enough(rate) - 1)).toBeGreaterThan(0.05);
    }
  });
});
