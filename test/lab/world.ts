/**
 * A world of the lab, as data: hosts and the way between them, one real httpd, backends, faults, a story of seconds that fills the
 * logs, what httpd must have written for the world to be real, and what proxy-doctor has to conclude in it. Nothing here does anything;
 * `stage.ts` builds it.
 */

/** `px` is the proxy's host (clients run there too); `fw` stands in between where the network says so. */
export type HostName = 'px' | 'be' | 'be2' | 'fw';

/** Which hosts there are and how they hang together; the addresses are in `network.ts`. No host has a default route. */
export type Network = 'loopback' | 'two-hosts' | 'three-hosts' | 'through-firewall';

/** What the world's name server says of a name: addresses (or `{app.host}`), nothing of that name, or a failure of its own. */
export type NameAnswer = readonly string[] | 'not-found' | 'server-failure';

export interface HttpdLog {
  /** Below the world's folder: `logs/error.log`. */
  readonly path: string;
  /** A LogFormat or ErrorLogFormat string; left out: combined, and httpd's own error layout. */
  readonly format?: string;
}

export interface Httpd {
  /**
   * The directives that make it a proxy, as an administrator writes them. `{app}` becomes ADDRESS:PORT of the backend `app`, `{app.host}`
   * and `{app.port}` its parts, `{folder}` the world's folder.
   */
  readonly site: string;
  /** `one-file`: all in httpd.conf; `debian`: apache2.conf that includes sites-enabled/ and conf-enabled/. */
  readonly layout: 'one-file' | 'debian';
  /** Modules beyond the common ones, without `mod_` and `.so`. */
  readonly modules?: readonly string[];
  readonly accessLog?: HttpdLog | 'none';
  readonly errorLog?: HttpdLog | 'none';
  readonly logLevel?: string;
  /** Directives of the main server that come before the site: Timeout, MaxRequestWorkers … */
  readonly server?: string;
  readonly mpm?: 'event' | 'prefork' | 'worker';
  /** Limits of the httpd process, by setrlimit: open files. */
  readonly openFiles?: number;
  /**
   * An old version that cannot be installed here is played: `{folder}/bin/httpd` says that it is this version, the error log's start lines
   * too, and the site on disk is this one, which the fault of that version made httpd run as `site`.
   */
  readonly plays?: { readonly version: string; readonly site: string };
}

/** What a backend does with a request, instead of answering as it should, and when. */
export type Deed =
  | { readonly do: 'answer'; readonly status?: number; readonly bytes?: number; readonly afterMs?: number }
  /** RST: at the head, after so many bytes of the body, with the whole request read, or in the middle of the answer. */
  | { readonly do: 'reset'; readonly at: Moment; readonly afterBytes?: number; readonly afterMs?: number }
  /** FIN, going on to read so that no RST follows. */
  | { readonly do: 'close'; readonly at: Moment; readonly afterBytes?: number; readonly afterMs?: number }
  /** Nothing more: `head` stops reading, `end` reads all and does not answer, `answer` stops in the middle of the answer. */
  | { readonly do: 'stall'; readonly at: Moment; readonly afterBytes?: number }
  /** Answers with this instead of a response, and closes. */
  | { readonly do: 'say'; readonly text: string }
  /** The whole process dies with the request. */
  | { readonly do: 'die' };

export type Moment = 'head' | 'body' | 'end' | 'answer';

export interface BackendRule {
  readonly method?: string;
  /** Prefix of the path. */
  readonly path?: string;
  /** Every how many matching requests: 1 (left out) is each, 10 each tenth. */
  readonly every?: number;
  /** Only a request that is not the first (`reused`), or is the first (`fresh`), of its connection. */
  readonly on?: 'reused' | 'fresh';
  /** Only on a connection that has been idle for so long. */
  readonly afterIdleMs?: number;
  readonly deed: Deed;
}

export interface BackendTls {
  readonly certificate: 'good' | 'self-signed' | 'expired' | 'other-name';
  readonly protocol?: 'TLSv1.2' | 'TLSv1.3';
  readonly asksForClientCertificate?: boolean;
}

export interface BackendPlan {
  readonly rules?: readonly BackendRule[];
  /** Bytes of an ordinary answer. */
  readonly answerBytes?: number;
  /** An ordinary answer takes so long. */
  readonly answerAfterMs?: number;
  /** Idle connections are closed (FIN) after this; left out: never. */
  readonly keepAliveSeconds?: number;
  /** The whole program stops for a moment, as for a garbage collection: timers that ran out meanwhile come before waiting requests. */
  readonly pauses?: { readonly everyMs: number; readonly forMs: number };
  /** One request at a time, each keeps the program busy for so long: nothing is accepted meanwhile. */
  readonly busyMs?: number;
  /** Length of the accept queue. */
  readonly backlog?: number;
  /** What happens to every connection as soon as it is accepted, before any request. */
  readonly onConnect?: 'reset' | 'close' | 'nothing';
  readonly tls?: BackendTls;
  /** Does not speak HTTP: greets like this and ignores what it is told. */
  readonly greets?: string;
}

export interface Backend {
  readonly name: string;
  readonly on: HostName;
  readonly port: number;
  /** Address it binds; left out: all. */
  readonly binds?: string;
  /** Path of a socket in the file system that it listens on instead, for which `{app}` stands then as `unix:PATH`. */
  readonly socket?: string;
  /** Left out: yes. */
  readonly runs?: boolean;
  readonly plan?: BackendPlan;
}

/** A change of a host's network: argv to make it and, where a story heals it, argv to take it back. Runs inside that host. */
export interface Fault {
  readonly on: HostName;
  readonly make: readonly (readonly string[])[];
  readonly heal?: readonly (readonly string[])[];
}

export interface RequestKind {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{n}` becomes a number that differs from request to request. */
  readonly path: string;
  /** Share among the kinds; left out: 1. */
  readonly weight?: number;
  readonly bodyBytes?: number;
  /** The client's own fault: sends half of the body and then waits for ever, or goes away. */
  readonly upload?: 'whole' | 'stops' | 'leaves';
}

/** Traffic of clients on the proxy's host: bounded in number, pace and concurrency. */
export interface Traffic {
  readonly requests: number;
  /** Requests begun a second; left out: as fast as `atOnce` lets. */
  readonly perSecond?: number;
  readonly atOnce: number;
  /** They come together in groups of so many, at the same mean pace: waves with quiet between them. */
  readonly inGroupsOf?: number;
  /** Client connections are kept alive. */
  readonly keepalive?: boolean;
  readonly kinds: readonly RequestKind[];
  /** Number of client addresses (127.0.1.1 …); left out: 5. */
  readonly clients?: number;
  /** A client gives up after this; left out: 20. */
  readonly patienceSeconds?: number;
  readonly host?: string;
}

/** When a scene stands in the logs, in time before now (`26h`, `90m`, `30s`), if not when it really happened. See `stretch.ts`. */
export interface When {
  readonly from: string;
  readonly to: string;
}

export type Scene =
  | { readonly do: 'traffic'; readonly traffic: Traffic; readonly when?: When }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'heal'; readonly fault: Fault }
  | { readonly do: 'start'; readonly backend: string }
  | { readonly do: 'stop'; readonly backend: string }
  | { readonly do: 'idle'; readonly seconds: number }
  /** Stories side by side: traffic while a fault comes and goes. */
  | { readonly do: 'together'; readonly stories: readonly (readonly Scene[])[]; readonly when?: When };

/** What the real httpd must have written, and the clients seen, for the world to be what it claims. */
export interface Logged {
  /** Text of the error log that must be there so often (left out: once). */
  readonly error: readonly { readonly has: string; readonly atLeast?: number }[];
  /** Text that must not be there. */
  readonly never?: readonly string[];
  /** By status (or `none`: connection closed without an answer) at least so many; by `max` at most. */
  readonly statuses?: Readonly<Record<string, number | { readonly min?: number; readonly max?: number }>>;
}

export type Confidence = 'possible' | 'likely' | 'confirmed';

export interface Expect {
  /** The first diagnosis; several where each would be right. */
  readonly first: string | readonly string[];
  readonly atLeast?: Confidence;
  readonly atMost?: Confidence;
  readonly ongoing?: boolean;
  /** `{app}` or text. */
  readonly backend?: string;
  readonly frequency?: 'every' | 'clusters' | 'sporadic' | 'none';
  readonly pattern?: { readonly method?: string; readonly path?: string } | 'none';
  /** Diagnoses that must not stand there as confirmed; every one but the first is held to this without being named. */
  readonly notConfirmed?: readonly string[];
  /** Further diagnoses that have to be there, after the first. */
  readonly also?: readonly string[];
}

/** One run of the tool in the world. With no options it is autodetection. */
export interface Run {
  /** What is different: `as it is`, `with a vantage on the backend's side`. */
  readonly name: string;
  /** `--via backend="ip netns exec …"`: true for the host `be`. */
  readonly via?: HostName;
  readonly allow?: readonly ('keepalive-toggle' | 'packet-capture')[];
  /** Path of a URL through the proxy, safe to GET. */
  readonly url?: string;
  readonly args?: readonly string[];
  /** Goes on while the tool runs. */
  readonly meanwhile?: Traffic;
  readonly expect: Expect;
}

export interface World {
  readonly name: string;
  /** Which proxy stands there; left out: httpd. `httpd.site` is in its language. */
  readonly proxy?: 'nginx';
  /** What is wrong here, in a sentence. */
  readonly title: string;
  readonly network: Network;
  readonly names?: Readonly<Record<string, NameAnswer>>;
  readonly httpd: Httpd;
  readonly backends: readonly Backend[];
  /** There from the start. */
  readonly faults?: readonly Fault[];
  readonly story: readonly Scene[];
  readonly logged: Logged;
  readonly runs: readonly [Run, ...Run[]];
  /** What only a live look can tell of the first run's diagnosis: an archive of `collect` may end otherwise, but not confidently. */
  readonly needsLive?: string;
  /** Diagnoses that look the same where the one source that would tell is away, and there no more than `likely`. */
  readonly looksLike?: readonly string[];
}
