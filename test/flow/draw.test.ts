import { expect, test, describe } from 'vitest';
import { edgesOf } from '../../src/engine/paths.ts';
import { arrowsOf, drawFlow } from '../../src/flow/graph.ts';
import { runbook } from '../../src/flow/runbook.ts';
import { smallFlow } from './small-flow.ts';

const flow = smallFlow();
const node = (id: string): string => `s_${id.replaceAll('-', '_')}`;
/** Every route of the flow, with could-not as one where all three go the same way. */
const arrows = [...flow.steps.values()].flatMap((step) => arrowsOf(step).map((arrow) => ({ from: step.id, ...arrow })));

test('arrows say every route once', () => {
  const drawn = arrows.flatMap(({ from, to, outcomes }) =>
    outcomes.flatMap((outcome) =>
      (outcome === 'could-not' ? ['skipped', 'failed', 'timed-out'] : [outcome]).map((one) => `${from} ${one} ${to}`),
    ),
  );
  expect(drawn.sort()).toEqual(
    edgesOf(flow)
      .map(({ from, outcome, to }) => `${from} ${outcome} ${to}`)
      .sort(),
  );
});

describe('mermaid', () => {
  const drawing = drawFlow(flow, 'mermaid');
  test('has every step and every arrow, and no label that breaks it', () => {
    for (const step of flow.steps.values()) expect(drawing).toMatch(new RegExp(`^ {4}${node(step.id)}[[({/]`, 'm'));
    for (const { from, to, outcomes } of arrows) expect(drawing).toContain(`${node(from)} -->|"${outcomes.join(', ')}"| ${node(to)}`);
    expect(drawing).toContain(`${node('backends')} -.->|"for each"| ${node('connect')}`);
    expect(drawing.split('\n').filter((line) => (line.match(/"/g)?.length ?? 0) % 2 !== 0)).toEqual([]);
  });
});

test('quotes, brackets and pipes in a title stay in its place', () => {
  const odd = {
    ...flow,
    steps: new Map([...flow.steps].map(([id, step]) => [id, id === 'shape' ? { ...step, title: 'All | <some> "now" #1?' } : step])),
  };
  expect(drawFlow(odd, 'mermaid')).toContain('{"All | &lt;some&gt; &quot;now&quot; &num;1?"}');
  expect(runbook(odd, {})).toContain('[All \\| \\<some\\> "now" #1?](#shape) |');
});

describe('dot', () => {
  const drawing = drawFlow(flow, 'dot');
  test('has every step and every arrow', () => {
    for (const step of flow.steps.values()) expect(drawing).toContain(`"${step.id}" [shape=`);
    for (const { from, to, outcomes } of arrows) expect(drawing).toContain(`"${from}" -> "${to}" [label="${outcomes.join('\\n')}"];`);
    expect(drawing.startsWith('digraph "small" {')).toBe(true);
    expect(drawing.match(/\{/g)?.length).toBe(drawing.match(/\}/g)?.length);
  });
  test('a quote in a title stays in its label', () => {
    const odd = { ...flow, title: 'say "hi" \\ there' };
    expect(drawFlow(odd, 'dot')).toContain('label="say \\"hi\\" \\\\ there"');
  });
});

test('text says where each outcome leads, and which are ends', () => {
  const lines = drawFlow(flow, 'text').split('\n');
  expect(lines).toContain('small 3: A small proxy | with a pipe');
  expect(lines.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual(
    expect.arrayContaining([
      'connected → toggle',
      'no-answer, skipped → undecided ■',
      'refused, failed, timed-out → shape',
      'not-covered, could-not → when',
      'for each → connect',
    ]),
  );
});

describe('the runbook', () => {
  const book = runbook(flow, {
    'backend-not-running': {
      title: 'Nothing *accepts*',
      summary: 'The port is <closed>',
      remedies: [
        {
          title: 'Start it',
          firstAid: true,
          undo: 'stop it',
          steps: ['Look at `a_b_c`', 'Start'],
          commands: ['systemctl start x'],
          verify: 'proxy-doctor check tcp-connect',
        },
      ],
    },
  });

  test('every link leads to a place in it', () => {
    const places = new Set([...book.matchAll(/<a id="([^"]+)">/g)].map((found) => found[1]));
    const links = [...book.matchAll(/\]\(#([^)]+)\)/g)].map((found) => found[1]);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !places.has(link))).toEqual([]);
    expect([...flow.steps.keys()].filter((id) => !places.has(id))).toEqual([]);
  });

  test('tells how a person does each step, and how to read it', () => {
    expect(book).toContain("```sh\ngrep AH00957 error.log | awk '{print $1}'\n```\n\nEach line is a failure.");
    expect(book).toContain("| Within the hour; or: I don't know | [Which backends are under suspicion?](#backends) |");
    expect(book).toContain('| Refused; or: It broke off (failed); or: It broke off (timed out) | [All or some?](#shape) |');
  });

  test('tells what to do at the end, and how to see that it helped', () => {
    expect(book).toContain('### Nothing \\*accepts\\*');
    expect(book).toContain('The port is \\<closed\\>');
    expect(book).toContain('**Start it** (first aid: it stops the bleeding only)');
    expect(book).toContain('1. Look at `a_b_c`');
    expect(book).toContain('To undo: stop it');
    expect(book).toContain('Did it help?\n\n```sh\nproxy-doctor check tcp-connect\n```');
  });

  test('warns before what changes something', () => expect(book).toMatch(/Does it help to reuse nothing\?[\s\S]{0,200}get consent first/));

  test('no command can break out of its fence, and no cell out of its row', () => {
    const odd = {
      ...flow,
      steps: new Map(
        [...flow.steps].map(([id, step]) => [
          id,
          'byHand' in step && step.byHand ? { ...step, byHand: { commands: ['echo ```', 'x'], reading: 'r' } } : step,
        ]),
      ),
    };
    expect(runbook(odd, {})).toContain('````sh\necho ```\nx\n````');
    for (const row of book.split('\n').filter((line) => line.startsWith('| '))) expect(row.match(/(?<!\\)\|/g)).toHaveLength(3);
  });
});
