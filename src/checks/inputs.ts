import type { Action } from '../engine/flow.ts';

/** The options of `run` (and of `check`), after the command line and the answers file were read and validated. */
export interface Inputs {
  readonly errorLogs: readonly string[];
  readonly accessLogs: readonly string[];
  readonly accessLogFormat: string | null;
  /** `host:port`, as given. */
  readonly backends: readonly string[];
  readonly proxyConfig: string | null;
  /** How to call this httpd, as argv. */
  readonly httpd: readonly string[] | null;
  readonly url: string | null;
  /** Milliseconds since the epoch; null: the files whole. */
  readonly since: number | null;
  readonly until: number | null;
  readonly via: { readonly proxy: readonly string[] | null; readonly backend: readonly string[] | null };
  readonly allow: readonly Action[];
  readonly passive: boolean;
  readonly skip: readonly string[];
  readonly offline: boolean;
  /** An archive of `collect` that stands for the proxy's side; absent: none. */
  readonly bundle?: string;
}
