/** The words of `--plain`: what a line can ask for, from the same table as the keys of the screens. */
import { keyTable, type ActionName } from './keys.ts';

/** What a line of input asks for besides choosing; the rest of the line is its object. */
export const letters: Readonly<Partial<Record<ActionName, string>>> = {
  back: 'b: go a step back',
  forward: 'forward: after going back, a step forward',
  evidence: 'e: list the evidence; e 2: show evidence e2 in full',
  commands: 'c: the commands of this step, and how to do it by hand',
  again: 'r: measure this step again',
  skip: 's: give the running check up',
  map: 'm: the whole tree, with the place where you are',
  notes: 'n TEXT: write a note; n alone lists them',
  find: '/ TEXT: find text in all evidence',
  follow: 'f: follow the evidence without asking, or stop that',
  'put-back': 'x: put a live change back now',
  keep: 'K: keep a live change; asks again',
  tick: 't 2: tick remedy 2 off as done',
  verify: 'v: run the deciding check again; v 2 for the second diagnosis',
  write: 'w FILE: write the report (.md .html .json .txt)',
  help: '?: this list',
  quit: 'q: save and leave',
};

/** The first key of an action is its word here too; `forward` has no letter. */
export const words = new Map<string, ActionName>(
  (Object.keys(letters) as ActionName[]).map((action) => {
    if (action === 'forward') return ['forward', action];
    if (action === 'tick') return ['t', action];
    return [keyTable.find((row) => row.action === action)?.keys[0] ?? action, action];
  }),
);
