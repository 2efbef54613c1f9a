/** Prints the confusion table of docs/frequency.md: `node tools/run-ts.mjs test/checks/logs/confusion.ts [seeds]`. */
import { judgeFrequency } from '../../../src/checks/logs/frequency.ts';
import { judgeTimes } from '../../../src/checks/logs/frequency-from-times.ts';
import { memberSuccesses } from '../../../src/checks/logs/member-successes.ts';
import { generate, kinds, memberKinds, playBalancer, randomOf, timeKinds } from './series.ts';

const seeds = Number(process.argv[2] ?? 400);
const answers = ['every', 'clusters', 'sporadic', 'none'] as const;
console.log(`| series | difficulty | right answer | ${answers.join(' | ')} | right |`);
console.log('| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |');
for (const kind of kinds) {
  const got: Record<string, number> = {};
  let all = 0;
  let right = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const attempts = generate(kind, seed);
    if (attempts === null) continue;
    const verdict = judgeFrequency(attempts);
    got[verdict.frequency] = (got[verdict.frequency] ?? 0) + 1;
    all += 1;
    if (verdict.frequency === kind.expected && (kind.outage !== true || verdict.outage !== null)) right += 1;
    else if (process.argv[3] === kind.name) console.error(seed, attempts.failures.length, attempts.successes.total, verdict.because);
  }
  const cells = answers.map((answer) => got[answer] ?? 0);
  console.log(
    `| ${kind.name} | ${kind.grade} | ${kind.expected}${kind.outage === true ? ', with its outage' : ''} | ${cells.join(' | ')} | ${((100 * right) / all).toFixed(1)} % |`,
  );
}

const row = (name: string, difficulty: string, expected: string, got: Record<string, number>): void => {
  const all = answers.reduce((sum, answer) => sum + (got[answer] ?? 0), 0);
  console.log(
    `| ${name} | ${difficulty} | ${expected} | ${answers.map((answer) => got[answer] ?? 0).join(' | ')} | ${((100 * (got[expected] ?? 0)) / all).toFixed(1)} % |`,
  );
};
for (const kind of memberKinds) {
  const got: Record<string, number> = {};
  for (let seed = 1; seed <= seeds / 4; seed++) {
    const played = playBalancer(kind, seed);
    const member = { share: 1 / played.members, retryMs: kind.retryMs };
    const successes = memberSuccesses(
      { start: played.start, widthMs: 1000, counts: played.requests },
      member,
      played.failures,
      played.failures,
    );
    const { frequency } = judgeFrequency({ failures: played.failures, successes, from: played.start, to: played.end });
    got[frequency] = (got[frequency] ?? 0) + 1;
  }
  row(`balancer: ${kind.name}`, '', kind.expected, got);
}
for (const kind of timeKinds) {
  const got: Record<string, number> = {};
  for (let seed = 1; seed <= seeds; seed++) {
    const times = [...kind.times(randomOf(seed))].sort((a, b) => a - b);
    const { frequency } = judgeTimes({ failures: times, from: 0, to: (times.at(-1) ?? 0) + 1000, retryMs: kind.retryMs });
    got[frequency] = (got[frequency] ?? 0) + 1;
  }
  row(`error log alone: ${kind.name}`, '', kind.expected, got);
}
