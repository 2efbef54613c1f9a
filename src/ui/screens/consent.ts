/** Before a change or a capture: everything it would do, and a choice where doing nothing is selected. */
import { blank, paragraph, span } from '../line.ts';
import type { Body, Choice, Look } from '../look.ts';
import { complaintLines } from './step.ts';
import { stepOf } from './told.ts';

export const granted = 'granted';
export const refused = 'refused';

export function consentBody(look: Look): Body {
  const { theme, view, width } = look;
  const { awaiting } = view;
  const step = stepOf(look);
  if (awaiting.kind !== 'consent' || !step) return { upper: [], list: null, focus: null, pinned: [] };
  const captures = awaiting.action === 'packet-capture';
  const choice = (value: string, number: number, label: string): Choice => {
    const lines = paragraph(label, width - 4, theme, 'plain', 0, [span(`${number} `, 'quiet')]);
    return { value, full: lines, short: lines[0] ?? [] };
  };
  return {
    upper: [
      ...paragraph(step.title, width - 1, theme, 'strong', 1),
      ...paragraph(step.why, width - 1, theme, 'quiet', 1),
      blank,
      ...paragraph(
        captures
          ? 'This captures packets. What would be done, in full:'
          : 'This changes the proxy for a short time. What would be done, in full:',
        width - 1,
        theme,
        'live',
        1,
      ),
      ...awaiting.proposal.flatMap((text) => paragraph(text, width - 1, theme, /^[+-]/.test(text) ? 'accent' : 'plain', 3)),
      ...complaintLines(look),
    ],
    list: {
      id: `consent ${awaiting.step} ${awaiting.subject ?? ''}`,
      heading: captures ? 'Capture now?' : 'Make this change now?',
      choices: [
        choice(refused, 1, 'No: leave this out, and say so in the report'),
        choice(granted, 2, captures ? 'Yes: capture' : 'Yes: make the change; it is put back by itself'),
      ],
      first: 0,
    },
    focus: null,
    pinned: [],
  };
}
