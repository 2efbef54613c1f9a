/** What a scenario expects against what came out: nothing where they agree, else lines that show the difference. */
import type { Diagnosis } from '../../engine/conclusion.ts';
import type { Visit } from '../../engine/state.ts';
import type { Scenario } from './read-scenarios.ts';
import type { Walked } from './run-scenario.ts';
import type { ExpectedDiagnosis } from './scenario.ts';

/** Lines that begin with `-` were expected, with `+` came instead, with two spaces agree. Empty: the scenario holds. */
export function differences(scenario: Scenario, walked: Walked): readonly string[] {
  return [
    ...walked.contradictions.map((text) => `! ${text}`),
    ...diagnosisDifferences(scenario.expect.diagnoses, walked.diagnoses),
    ...neverDifferences(scenario.expect.never, walked.diagnoses),
    ...pathDifferences(scenario.expect.path, walked.path),
  ];
}

const place = (visit: Visit): string => (visit.subject === null ? visit.step : `${visit.step}@${visit.subject}`);

function diagnosisDifferences(expected: readonly ExpectedDiagnosis[] | null, found: readonly Diagnosis[]): string[] {
  if (!expected) return [];
  const lines: string[] = [];
  let differ = false;
  for (let index = 0; index < Math.max(expected.length, found.length); index += 1) {
    const want = expected[index];
    const have = found[index];
    const unlike = want && have ? unlikeness(want, have) : null;
    if (want && have && unlike?.length === 0) {
      lines.push(`  ${said(have)}`);
      continue;
    }
    differ = true;
    if (want) lines.push(`- ${wanted(want)}`);
    if (have) lines.push(`+ ${said(have)}${unlike && unlike.length > 0 ? `: ${unlike.join('; ')}` : ''}`);
  }
  return differ ? ['diagnoses', ...lines] : [];
}

function wanted(want: ExpectedDiagnosis): string {
  const about = [want.confidence, want.ongoing === undefined ? undefined : ongoing(want.ongoing)].filter((one) => one !== undefined);
  return `${want.diagnosis}${want.backend ? ` ${want.backend}` : ''}${about.length > 0 ? ` (${about.join(', ')})` : ''}`;
}

function said(have: Diagnosis): string {
  return `${have.id}${have.backend ? ` ${have.backend}` : ''} (${have.confidence}, ${ongoing(have.ongoing)})`;
}

function ongoing(state: boolean | null): string {
  if (state === null) return 'ongoing: not known';
  return state ? 'ongoing' : 'over';
}

function unlikeness(want: ExpectedDiagnosis, have: Diagnosis): string[] {
  const unlike: string[] = [];
  if (want.diagnosis !== have.id) unlike.push(`another diagnosis${have.for[0] ? `, because ${have.for[0].text}` : ''}`);
  if (want.backend !== undefined && want.backend !== have.backend)
    unlike.push(`for ${have.backend ?? 'no backend'}, not ${want.backend ?? 'for the whole proxy'}`);
  if (want.confidence !== undefined && want.confidence !== have.confidence) {
    const open = have.rivals.filter((rival) => rival.state === 'not-tested').map((rival) => rival.id);
    unlike.push(`${have.confidence}, not ${want.confidence}${open.length > 0 ? ` (rivals not refuted: ${open.join(', ')})` : ''}`);
  }
  if (want.ongoing !== undefined && want.ongoing !== have.ongoing) unlike.push(`${ongoing(have.ongoing)}, not ${ongoing(want.ongoing)}`);
  for (const [id, state] of Object.entries(want.rivals ?? {})) {
    const rival = have.rivals.find((one) => one.id === id);
    if (rival?.state !== state) unlike.push(`rival ${id} is ${rival ? `${rival.state} (${rival.because})` : 'not named'}, not ${state}`);
  }
  if (want.pattern !== undefined) {
    const pattern = have.pattern;
    const same = want.pattern === null ? pattern === null : pattern?.method === want.pattern.method && pattern.path === want.pattern.path;
    if (!same) unlike.push(`the pattern is ${pattern ? `${pattern.method ?? 'any method'} ${pattern.path ?? 'any path'}` : 'none'}`);
  }
  return unlike;
}

function neverDifferences(never: readonly string[], found: readonly Diagnosis[]): string[] {
  return found.filter((one) => never.includes(one.id)).map((one) => `+ ${said(one)}, which must not be among the diagnoses`);
}

/** The expected steps have to come in their order; others may lie between. The diff shows the whole way where they do not. */
function pathDifferences(expected: readonly string[], path: readonly Visit[]): string[] {
  const lines: string[] = [];
  let next = 0;
  for (const visit of path) {
    const entry = expected[next];
    const [wantedPlace = '', wantedOutcome] = entry?.split('=') ?? [];
    const here = place(visit) === wantedPlace || visit.step === wantedPlace;
    const marked = `${place(visit)}=${visit.outcome}`;
    if (!here) lines.push(`  ${marked}`);
    else if (wantedOutcome === undefined || wantedOutcome === visit.outcome) {
      lines.push(`  ${marked}`);
      next += 1;
    } else {
      lines.push(`- ${entry ?? ''}`, `+ ${marked}   ${visit.because}`);
      // Shown as the place where the ways part; what was expected after it is listed below.
      return ['way', ...lines, ...tail(expected, next + 1), '  …'];
    }
  }
  return next === expected.length ? [] : ['way', ...lines, ...tail(expected, next)];
}

function tail(expected: readonly string[], from: number): string[] {
  return expected.slice(from).map((entry) => `- ${entry}`);
}
