/**
 * Fixed strings, one of which is in every line that parseErrorLine may know (a test holds this against all templates). The scan looks
 * for them in the raw bytes; grep looks for them where a log lies behind a vantage.
 */
import { knownCodes } from './match.ts';

/** What a search looks for. */
export interface Needles {
  readonly words: readonly string[];
  /** Codes as numbers: `AH` and these digits. */
  readonly codeNumbers: readonly number[];
  /** The same for grep -F. */
  readonly fixedStrings: readonly string[];
}

/** Lines without a code of ours: everything the modules of the proxy log (their name is in it), and the wordings of 2.0 and 2.2. */
export const words: readonly string[] = [
  // Not the bare word: hosts and containers are called so, and then it stands in every line.
  'proxy:',
  'proxy_http',
  'proxy_balancer',
  'proxy_hcheck',
  'proxy_wstunnel',
  'ap_proxy_',
  'proxy_handler ',
  ' proxy ',
  '"proxy',
  'Proxy',
  'proxy (PID ',
  'lbmethod_',
  'configured -- resuming',
  'caught SIG',
  'exit signal ',
  'SIGHUP received',
  'SIGUSR1 received',
  'Graceful restart requested',
  'still did not exit',
  'could not make child',
  'returned a Fatal error',
  'MaxClients',
  'scoreboard is full',
  'ran out of threads',
  'server seems busy',
  'fork: Unable',
  'could not bind to address',
  'Unclean shutdown',
  'Too many open ',
  'apr_socket_opt_set(',
  'error parsing URL ',
  'Domain missing: ',
  'Running scheme ',
  'scheme_handler against',
  'send_http_connect: ',
  'used by another worker',
  ': Forcing worker (',
  'Certificate Verification: ',
  'SSL Library Error: ',
  'SSL library error ',
  'SSL input filter ',
  'SSL output filter ',
  'a new SSL connection ',
  ' read timeout',
  'Invalid Content-Length',
  'Requested content-length',
  'apr_bucket_read() failed',
];

/** For grep -F: the words, and every code. */
export const fixedStrings: readonly string[] = [...words, ...knownCodes.map((code) => `${code}: `)];

/** Codes as numbers: `AH` and these digits. Leading zeros are dropped, as codes are printed with four to six digits. */
export const codeNumbers: readonly number[] = knownCodes.map((code) => Number(code.slice(2)));

export const httpdNeedles: Needles = { words, codeNumbers, fixedStrings };
