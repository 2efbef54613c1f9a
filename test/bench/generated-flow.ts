/** A sound flow of so many steps: checks and questions in turn, in triage and for each suspect, with ways that part and meet again. */

const outcomes = {
  'proxy-config': ['backends-found', 'no-backends', 'could-not'],
  'tcp-connect': ['connected', 'refused', 'mixed', 'no-answer', 'unreachable', 'denied', 'dropped', 'could-not'],
} as const;

function part(prefix: string, steps: number, check: keyof typeof outcomes, end: string): string[] {
  const lines: string[] = [];
  const to = (index: number): string => (index < steps ? `${prefix}${index}` : end);
  for (let i = 0; i < steps; i += 1) {
    const routes =
      i % 2 === 0
        ? outcomes[check].map((outcome) => `      ${outcome}: ${to(i + 1)}`)
        : ['yes', 'no', 'unknown'].map((option, n) => `      ${option}: { to: ${to(i + (n === 1 ? 2 : 1))}, label: "Answer ${n}" }`);
    lines.push(
      `  ${prefix}${i}:`,
      `    kind: ${i % 2 === 0 ? 'check' : 'question'}`,
      ...(i % 2 === 0 ? [`    check: ${check}`] : []),
      `    title: "Step ${i} of this part"`,
      '    short: step',
      '    why: It tells which way to go on.',
      '    next:',
      ...routes,
    );
  }
  return lines;
}

export function generatedFlow(steps: number): string {
  const [examine, endings] = [1, 1];
  const half = Math.floor((steps - examine - endings) / 2);
  return [
    'id: generated',
    'version: 1',
    'title: A generated flow',
    'summary: A flow that is as long as nobody would write it.',
    'triage: t0',
    'suspect: s0',
    'steps:',
    ...part('t', half, 'proxy-config', 'suspects'),
    '  suspects: { kind: examine }',
    ...part('s', steps - examine - endings - half, 'tcp-connect', 'undetermined'),
    '  undetermined: { kind: diagnosis }',
    '',
  ].join('\n');
}
