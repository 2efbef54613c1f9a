/** What is said about messages and numbers, as flows/mod-proxy-http/messages.yaml and errno.yaml hold it. */

/** What httpd was doing when the number came. */
export type Side = 'connect' | 'resolve' | 'send' | 'receive' | 'client' | 'tls';

export interface Words {
  readonly meaning?: string;
  readonly rulesOut?: readonly string[];
  /** Diagnoses of the flow, the likeliest first. */
  readonly causes?: readonly string[];
  readonly next?: readonly string[];
}

export interface MessageWords extends Words {
  readonly meaning: string;
  /** What the client gets. */
  readonly client?: string;
  readonly side?: Side;
  /** Where this message gives a number a meaning of its own. */
  readonly byErrno?: Readonly<Record<string, Words>>;
}

export type ErrnoWords = Readonly<Partial<Record<Side, Words>>>;
