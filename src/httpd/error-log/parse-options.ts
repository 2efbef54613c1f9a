import type { Platform } from '../errno.ts';
import type { Layout } from './layout.ts';

export interface ParseOptions {
  /** The system whose errno numbers these are, where it is known. */
  readonly platform?: Platform | null;
  /** The format of the log, where the configuration tells; lines in another one are still recognised by themselves. */
  readonly layout?: Layout | null;
  /** Milliseconds since the epoch: dates without a year lie before it. Default: now. */
  readonly reference?: number;
}
