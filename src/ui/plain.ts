/** Placeholder. */
import type { WizardEnd, WizardOptions } from './wizard.tsx';
export function runPlain(_options: WizardOptions): Promise<WizardEnd> {
  return Promise.resolve({ signal: null });
}
