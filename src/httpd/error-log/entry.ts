/** One line of an error log that belongs to the proxy path (or to httpd's own life), read. What every reader of logs passes on. */
import type { Family } from '../../checks/error-log/facts.ts';

export interface ErrorEntry {
  /** Wall clock of the line as milliseconds since the epoch *as if it were UTC*: an error log has no zone. Null: the line has no time. */
  readonly wallClock: number | null;
  /** Set where the line carries its own zone (journald, RFC 5424, JSON wrappers): real milliseconds since the epoch. */
  readonly instant: number | null;
  readonly level: string | null;
  readonly module: string | null;
  readonly pid: string | null;
  readonly tid: string | null;
  readonly client: { readonly address: string; readonly port: number | null } | null;
  readonly errno: { readonly number: number | null; readonly symbol: string | null; readonly text: string } | null;
  readonly platform: string | null;
  /** `AH00957`; null in 2.0 and 2.2. */
  readonly code: string | null;
  /** Key of the message in messages.yaml; null: a proxy line that no message fits. */
  readonly message: string | null;
  readonly family: Family | null;
  /** `host:port` (default ports not guessed), `unix:/path`; null where the line names none. */
  readonly backend: string | null;
  /** The name in parentheses, where the line gives one: another name of the same backend. */
  readonly backendName: string | null;
  /** The path after "returned by", or the URL of the line. */
  readonly path: string | null;
  readonly referer: string | null;
  /** `%L`: the same in the access log's line of this request. Null (or left out): the line does not tell. */
  readonly logId?: string | null;
  /** The message without prefix, as written. */
  readonly text: string;
  readonly raw: string;
}
