/** Compares what was expected of a world with what came. Pure: each complaint is a sentence, none is good. */
import type { Report, ToolRun, Verdict } from './tool.ts';
import type { Confidence, Expect, Logged } from './world.ts';

const rank: Readonly<Record<Confidence, number>> = { possible: 0, likely: 1, confirmed: 2 };

/** An outage whose last failure is younger than this goes on (src/checks/logs/ongoing.ts). */
const quietAfterSeconds = 60;

/** Is the world what it claims: did httpd write, and did the clients see, what they must? */
export function judgeWorld(logged: Logged, errorLog: string, statuses: Readonly<Record<string, number>>): string[] {
  const complaints: string[] = [];
  const count = (text: string): number => errorLog.split(text).length - 1;
  for (const { has, atLeast = 1 } of logged.error) {
    if (count(has) < atLeast) complaints.push(`the error log has “${has}” ${count(has)} times, not ${atLeast} or more`);
  }
  for (const text of logged.never ?? [])
    if (count(text) > 0) complaints.push(`the error log has “${text}” ${count(text)} times, not never`);
  for (const [status, bound] of Object.entries(logged.statuses ?? {})) {
    const { min = 0, max = Infinity } = typeof bound === 'number' ? { min: bound } : bound;
    const seen = statuses[status] ?? 0;
    if (seen < min || seen > max)
      complaints.push(`the clients saw ${status} ${seen} times, not ${min} to ${max}: ${JSON.stringify(statuses)}`);
  }
  return complaints;
}

/** Does the report say what this world is? `fill` resolves `{app}`. */
export function judgeRun(
  expect: Expect,
  ran: Pick<ToolRun, 'exitCode' | 'report' | 'stderr' | 'left' | 'quietSeconds'>,
  fill: (text: string) => string,
): string[] {
  const { report, exitCode, left } = ran;
  if (report === null) return [...left, `no report; exit status ${exitCode}: ${ran.stderr.slice(-600)}`];
  const [first] = report.diagnoses;
  if (first === undefined) return [`a report without a diagnosis; exit status ${exitCode}`];
  const complaints: string[] = [...left];
  const right = typeof expect.first === 'string' ? [expect.first] : expect.first;
  if (!right.includes(first.id))
    complaints.push(`first diagnosis ${first.id} (${first.confidence}), not ${right.join(' or ')}: ${first.summary}`);
  const shouldExit = first.id === 'undetermined' ? 3 : 0;
  if (exitCode !== shouldExit) complaints.push(`exit status ${exitCode}, not ${shouldExit}`);
  if (expect.atLeast !== undefined && rank[first.confidence] < rank[expect.atLeast]) {
    complaints.push(`${first.id} is ${first.confidence}, not at least ${expect.atLeast}`);
  }
  if (expect.atMost !== undefined && rank[first.confidence] > rank[expect.atMost]) {
    complaints.push(`${first.id} is ${first.confidence}, which nothing here can show: at most ${expect.atMost}`);
  }
  // Nobody asks any more, as when a world is examined for the third time: then nothing tells, where no live check does.
  const nothingTells = first.ongoing === null && expect.ongoing === true && ran.quietSeconds > quietAfterSeconds;
  if (expect.ongoing !== undefined && first.ongoing !== expect.ongoing && !nothingTells) complaints.push(`ongoing ${first.ongoing}, not ${expect.ongoing}`);
  if (expect.backend !== undefined && first.backend !== fill(expect.backend)) {
    complaints.push(`backend ${first.backend}, not ${fill(expect.backend)}`);
  }
  complaints.push(...judgePattern(expect, first), ...judgeFrequency(expect, report, first.backend));
  for (const id of expect.also ?? []) {
    if (!report.diagnoses.some((one) => one.id === id)) complaints.push(`${id} is missing among the diagnoses`);
  }
  const fine = [...right, ...(expect.also ?? [])];
  for (const { id, confidence } of report.diagnoses) {
    if (confidence === 'confirmed' && (!fine.includes(id) || expect.notConfirmed?.includes(id) === true)) {
      complaints.push(`${id} is confirmed although it is not what happened`);
    }
  }
  return complaints;
}

function judgePattern(expect: Expect, { pattern }: Verdict): string[] {
  if (expect.pattern === undefined) return [];
  if (expect.pattern === 'none') return pattern === null ? [] : [`a pattern ${JSON.stringify(pattern)} where there is none`];
  if (pattern === null) return ['no pattern'];
  const { method, path } = expect.pattern;
  const wrong = (method !== undefined && pattern.method !== method) || (path !== undefined && pattern.path !== path);
  return wrong ? [`pattern ${JSON.stringify(pattern)}, not ${JSON.stringify(expect.pattern)}`] : [];
}

function judgeFrequency(expect: Expect, report: Report, backend: string | null): string[] {
  if (expect.frequency === undefined) return [];
  const evidence = report.evidence.findLast((one) => one.check === 'error-log' && one.superseded !== true);
  const data = evidence?.data as { backends?: { backend: string; frequency: string }[] } | null | undefined;
  const found = data?.backends?.find((one) => one.backend === backend)?.frequency;
  return found === expect.frequency ? [] : [`frequency ${found ?? 'not told'}, not ${expect.frequency}`];
}
