/**
 * The number in parentheses before a message, as httpd prints it (server/log.c, log_apr_status): which errno it is depends on the
 * system that wrote it, and some numbers are no errno at all. The text beside the number decides where the number alone does not.
 */

export const platforms = ['linux', 'solaris', 'bsd', 'aix', 'hp-ux', 'windows'] as const;
/** `bsd` stands for FreeBSD, its relatives and macOS, which share their numbers. */
export type Platform = (typeof platforms)[number];

export interface DecodedErrno {
  readonly number: number | null;
  /** `ECONNREFUSED`, `APR_TIMEUP`, `EAI_NONAME`; null: no errno (an HTTP status, a filter's answer), or one that is not known. */
  readonly symbol: string | null;
  readonly text: string;
  /** The system that wrote it, where number and text tell. */
  readonly platform: Platform | null;
}

type Unix = 'linux' | 'solaris' | 'bsd' | 'aix' | 'hp-ux';
const unixes: readonly Unix[] = ['linux', 'solaris', 'bsd', 'aix', 'hp-ux'];

/** The same on every Unix (the numbers of Version 7), so that neither the system nor the text matters. */
const everywhere: ReadonlyMap<number, string> = new Map([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [4, 'EINTR'],
  [5, 'EIO'],
  [9, 'EBADF'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [14, 'EFAULT'],
  [17, 'EEXIST'],
  [20, 'ENOTDIR'],
  [21, 'EISDIR'],
  [22, 'EINVAL'],
  [23, 'ENFILE'],
  [24, 'EMFILE'],
  [27, 'EFBIG'],
  [28, 'ENOSPC'],
  [30, 'EROFS'],
  [32, 'EPIPE'],
]);

/** Numbers that each system chose for itself: Linux, Solaris, BSD, AIX, HP-UX; 0: none of interest. */
const own: readonly (readonly [string, number, number, number, number, number])[] = [
  ['EAGAIN', 11, 11, 35, 11, 11],
  ['EPROTO', 71, 71, 92, 0, 0],
  ['ENOTSOCK', 88, 95, 38, 57, 216],
  ['EAFNOSUPPORT', 97, 124, 47, 66, 225],
  ['EADDRINUSE', 98, 125, 48, 67, 226],
  ['EADDRNOTAVAIL', 99, 126, 49, 68, 227],
  ['ENETDOWN', 100, 127, 50, 69, 228],
  ['ENETUNREACH', 101, 128, 51, 70, 229],
  ['ENETRESET', 102, 129, 52, 71, 230],
  ['ECONNABORTED', 103, 130, 53, 72, 231],
  ['ECONNRESET', 104, 131, 54, 73, 232],
  ['ENOBUFS', 105, 132, 55, 74, 233],
  ['EISCONN', 106, 133, 56, 75, 234],
  ['ENOTCONN', 107, 134, 57, 76, 235],
  ['ESHUTDOWN', 108, 143, 58, 77, 236],
  ['ETIMEDOUT', 110, 145, 60, 78, 238],
  ['ECONNREFUSED', 111, 146, 61, 79, 239],
  ['EHOSTDOWN', 112, 147, 64, 80, 241],
  ['EHOSTUNREACH', 113, 148, 65, 81, 242],
  ['EINPROGRESS', 115, 150, 36, 55, 245],
];

const byNumber = new Map<number, { readonly symbol: string; readonly platform: Unix }[]>();
const numberOf = new Map<string, readonly number[]>();
for (const [symbol, ...numbers] of own) {
  numberOf.set(symbol, numbers);
  for (const [index, platform] of unixes.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== 0) byNumber.set(number, [...(byNumber.get(number) ?? []), { symbol, platform }]);
  }
}

/** What the C libraries call them; only those that are not known by number everywhere need a text. */
const byText: ReadonlyMap<string, string> = new Map([
  ['resource temporarily unavailable', 'EAGAIN'],
  ['protocol error', 'EPROTO'],
  ['socket operation on non-socket', 'ENOTSOCK'],
  ['address family not supported by protocol', 'EAFNOSUPPORT'],
  ['address family not supported by protocol family', 'EAFNOSUPPORT'],
  ['addr family not supported by protocol', 'EAFNOSUPPORT'],
  ['address already in use', 'EADDRINUSE'],
  ['cannot assign requested address', 'EADDRNOTAVAIL'],
  ["can't assign requested address", 'EADDRNOTAVAIL'],
  ['network is down', 'ENETDOWN'],
  ['network is unreachable', 'ENETUNREACH'],
  ['network unreachable', 'ENETUNREACH'],
  ['network dropped connection on reset', 'ENETRESET'],
  ['network dropped connection because of reset', 'ENETRESET'],
  ['software caused connection abort', 'ECONNABORTED'],
  ['connection reset by peer', 'ECONNRESET'],
  ['no buffer space available', 'ENOBUFS'],
  ['transport endpoint is already connected', 'EISCONN'],
  ['socket is already connected', 'EISCONN'],
  ['transport endpoint is not connected', 'ENOTCONN'],
  ['socket is not connected', 'ENOTCONN'],
  ['socket not connected', 'ENOTCONN'],
  ['cannot send after transport endpoint shutdown', 'ESHUTDOWN'],
  ['cannot send after socket shutdown', 'ESHUTDOWN'],
  ["can't send after socket shutdown", 'ESHUTDOWN'],
  ['connection timed out', 'ETIMEDOUT'],
  ['operation timed out', 'ETIMEDOUT'],
  ['connection refused', 'ECONNREFUSED'],
  ['host is down', 'EHOSTDOWN'],
  ['no route to host', 'EHOSTUNREACH'],
  ['host is unreachable', 'EHOSTUNREACH'],
  ['host unreachable', 'EHOSTUNREACH'],
  ['operation now in progress', 'EINPROGRESS'],
  ['permission denied', 'EACCES'],
  ['broken pipe', 'EPIPE'],
  ['no such file or directory', 'ENOENT'],
  ['too many open files', 'EMFILE'],
  ['no space left on device', 'ENOSPC'],
  ['cannot allocate memory', 'ENOMEM'],
]);

/** Winsock and Win32 numbers (720000 is taken off before printing), by the POSIX name of the same event where there is one. */
const windows: ReadonlyMap<number, string> = new Map([
  [5, 'EACCES'],
  [64, 'ERROR_NETNAME_DELETED'],
  [109, 'EPIPE'],
  [121, 'ERROR_SEM_TIMEOUT'],
  [10004, 'EINTR'],
  [10013, 'EACCES'],
  [10024, 'EMFILE'],
  [10035, 'EAGAIN'],
  [10038, 'ENOTSOCK'],
  [10047, 'EAFNOSUPPORT'],
  [10048, 'EADDRINUSE'],
  [10049, 'EADDRNOTAVAIL'],
  [10050, 'ENETDOWN'],
  [10051, 'ENETUNREACH'],
  [10052, 'ENETRESET'],
  [10053, 'ECONNABORTED'],
  [10054, 'ECONNRESET'],
  [10055, 'ENOBUFS'],
  [10057, 'ENOTCONN'],
  [10058, 'ESHUTDOWN'],
  [10060, 'ETIMEDOUT'],
  [10061, 'ECONNREFUSED'],
  [10064, 'EHOSTDOWN'],
  [10065, 'EHOSTUNREACH'],
  // ws2tcpip.h defines the EAI names as these.
  [11001, 'EAI_NONAME'],
  [11002, 'EAI_AGAIN'],
  [11003, 'EAI_FAIL'],
  [11004, 'EAI_NODATA'],
]);

/** apr_errno.h: APR_OS_START_ERROR 20000, APR_OS_START_STATUS 70000. */
const apr: ReadonlyMap<number, string> = new Map([
  [20001, 'APR_ENOSTAT'],
  [20002, 'APR_ENOPOOL'],
  [20004, 'APR_EBADDATE'],
  [20005, 'APR_EINVALSOCK'],
  [20006, 'APR_ENOPROC'],
  [20007, 'APR_ENOTIME'],
  [20008, 'APR_ENODIR'],
  [20009, 'APR_ENOLOCK'],
  [20010, 'APR_ENOPOLL'],
  [20011, 'APR_ENOSOCKET'],
  [20012, 'APR_ENOTHREAD'],
  [20013, 'APR_ENOTHDKEY'],
  [20014, 'APR_EGENERAL'],
  [20015, 'APR_ENOSHMAVAIL'],
  [20016, 'APR_EBADIP'],
  [20017, 'APR_EBADMASK'],
  [20019, 'APR_EDSOOPEN'],
  [20020, 'APR_EABSOLUTE'],
  [20021, 'APR_ERELATIVE'],
  [20022, 'APR_EINCOMPLETE'],
  [20023, 'APR_EABOVEROOT'],
  [20024, 'APR_EBADPATH'],
  [20025, 'APR_EPATHWILD'],
  [20026, 'APR_ESYMNOTFOUND'],
  [20027, 'APR_EPROC_UNKNOWN'],
  [20028, 'APR_ENOTENOUGHENTROPY'],
  [70001, 'APR_INCHILD'],
  [70002, 'APR_INPARENT'],
  [70003, 'APR_DETACH'],
  [70004, 'APR_NOTDETACH'],
  [70005, 'APR_CHILD_DONE'],
  [70006, 'APR_CHILD_NOTDONE'],
  [70007, 'APR_TIMEUP'],
  [70008, 'APR_INCOMPLETE'],
  [70012, 'APR_BADCH'],
  [70013, 'APR_BADARG'],
  [70014, 'APR_EOF'],
  [70015, 'APR_NOTFOUND'],
  [70019, 'APR_ANONYMOUS'],
  [70020, 'APR_FILEBASED'],
  [70021, 'APR_KEYBASED'],
  [70022, 'APR_EINIT'],
  [70023, 'APR_ENOTIMPL'],
  [70024, 'APR_EMISMATCH'],
  [70025, 'APR_EBUSY'],
]);

/** getaddrinfo's own numbers differ by system: glibc against BSD, macOS and Solaris. */
const eaiLinux = new Map([
  [1, 'EAI_BADFLAGS'],
  [2, 'EAI_NONAME'],
  [3, 'EAI_AGAIN'],
  [4, 'EAI_FAIL'],
  [5, 'EAI_NODATA'],
  [6, 'EAI_FAMILY'],
  [7, 'EAI_SOCKTYPE'],
  [8, 'EAI_SERVICE'],
  [9, 'EAI_ADDRFAMILY'],
  [10, 'EAI_MEMORY'],
  [11, 'EAI_SYSTEM'],
]);
const eaiOthers = new Map([
  [1, 'EAI_ADDRFAMILY'],
  [2, 'EAI_AGAIN'],
  [3, 'EAI_BADFLAGS'],
  [4, 'EAI_FAIL'],
  [5, 'EAI_FAMILY'],
  [6, 'EAI_MEMORY'],
  [7, 'EAI_NODATA'],
  [8, 'EAI_NONAME'],
  [9, 'EAI_SERVICE'],
  [10, 'EAI_SOCKTYPE'],
  [11, 'EAI_SYSTEM'],
]);
const eaiTexts: readonly (readonly [RegExp, string])[] = [
  [/^temporary (failure in name|name) resolution|^temporary failure|^name server failure/i, 'EAI_AGAIN'],
  [/(name|servname).*(not known|does not resolve)|^name does not resolve/i, 'EAI_NONAME'],
  [/non-recoverable/i, 'EAI_FAIL'],
  [/no address associated/i, 'EAI_NODATA'],
  [/^servname not supported|^service/i, 'EAI_SERVICE'],
  [/family not supported/i, 'EAI_FAMILY'],
  [/memory allocation/i, 'EAI_MEMORY'],
];

/**
 * @param token what stands in the parentheses: `111`, `-102`, `EAI 2`, `OS 10061`, `os 0x8007274d`
 * @param text the system's words after it
 * @param hint the system that the log is known to come from; number and text overrule it where they contradict it
 */
export function decodeErrno(token: string, text: string, hint: Platform | null = null): DecodedErrno {
  const key = `${token})${text}`;
  const seen = hint === lastHint ? decoded.get(key) : undefined;
  if (seen !== undefined) return seen;
  if (hint !== lastHint || decoded.size > 500) decoded.clear();
  lastHint = hint;
  const fresh = decode(token, text, hint);
  decoded.set(key, fresh);
  return fresh;
}

// A log repeats few of them.
const decoded = new Map<string, DecodedErrno>();
let lastHint: Platform | null = null;

function decode(token: string, text: string, hint: Platform | null): DecodedErrno {
  const blank = token.indexOf(' ');
  if (blank > 0) {
    const value = Number(token.slice(blank + 1));
    return token.startsWith('EAI') ? decodeEai(value, text, hint) : decodeWindows(token.startsWith('os') ? value & 0xffff : value, text);
  }
  const number = Number(token);
  if (number >= 720_000 && number < 820_000) return decodeWindows(number - 720_000, text);
  if (number >= 670_000 && number < 720_000) return decodeEai(number - 670_000, text, hint);
  if (number >= 20_000) return { number, symbol: apr.get(number) ?? null, text, platform: hint };
  if (number >= 10_000) return decodeWindows(number, text);
  return decodeUnix(number, text, hint);
}

function decodeUnix(number: number, text: string, hint: Platform | null): DecodedErrno {
  const same = everywhere.get(number);
  if (same !== undefined) return { number, symbol: same, text, platform: hint };
  // HTTP statuses and httpd's own negative numbers are printed the same way (traps: `(502)Unknown error 502`).
  if (number <= 0 || /^unknown error/i.test(text)) return { number, symbol: null, text, platform: hint };
  const meant = byText.get(text.toLowerCase().trim());
  const choices = byNumber.get(number) ?? [];
  const hinted = choices.find((choice) => choice.platform === hint);
  if (meant !== undefined) {
    const written = choices.filter((choice) => choice.symbol === meant);
    const platform = hinted?.symbol === meant ? hinted.platform : (only(written) ?? hint);
    return { number, symbol: meant, text, platform };
  }
  const choice = hinted ?? choices[0];
  if (choice === undefined) return { number, symbol: null, text, platform: hint };
  return {
    number,
    symbol: choice.symbol,
    text,
    platform: hinted?.platform ?? only(choices.filter((each) => each.symbol === choice.symbol)),
  };
}

/** The one system that gives this number this meaning; null: several do. */
function only(choices: readonly { readonly platform: Unix }[]): Platform | null {
  return choices.length === 1 ? (choices[0]?.platform ?? null) : null;
}

function decodeWindows(number: number, text: string): DecodedErrno {
  return { number, symbol: windows.get(number) ?? null, text, platform: 'windows' };
}

function decodeEai(number: number, text: string, hint: Platform | null): DecodedErrno {
  const said = eaiTexts.find(([pattern]) => pattern.test(text))?.[1];
  const linux = eaiLinux.get(number) ?? null;
  const others = eaiOthers.get(number) ?? null;
  if (said !== undefined) {
    const platform = said === linux && said !== others ? 'linux' : said === others && said !== linux && hint !== 'solaris' ? 'bsd' : hint;
    return { number, symbol: said, text, platform };
  }
  const symbol = hint === null || hint === 'linux' ? linux : others;
  return { number, symbol, text, platform: hint };
}
