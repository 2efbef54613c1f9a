/**
 * The wizard's entry: runs a session on a terminal until it is left, and leaves the terminal as it was. Signals, a crash and the loss
 * of the terminal end like `q`: the session is stopped (it saves, and puts changes back), then the last lines go to the normal screen.
 */
import { runPlain } from './plain.ts';
import { runScreen } from './screen-run.tsx';
import type { WizardEnd, WizardOptions } from './wizard-options.ts';

/** Runs the wizard; the session is started here. @throws what the session or the interface failed with, the terminal restored */
export function runWizard(options: WizardOptions): Promise<WizardEnd> {
  return options.plain ? runPlain(options) : runScreen(options);
}
