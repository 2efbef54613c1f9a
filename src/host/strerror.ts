/**
 * Error texts → errno symbols, for tools that tell their errno in words only: `cat`, `stat`, `ls` (their exit status is 1 for
 * everything) and bash's /dev/tcp. The texts are those of strerror(3) in the C locale, with which every command here is run; glibc's and
 * musl's (Alpine, busybox) words. Used only where no code exists.
 */
const texts: readonly (readonly [text: string, symbol: string])[] = [
  ['No such file or directory', 'ENOENT'],
  ['Permission denied', 'EACCES'],
  ['Is a directory', 'EISDIR'],
  ['Not a directory', 'ENOTDIR'],
  ['Too many levels of symbolic links', 'ELOOP'],
  ['Symbolic link loop', 'ELOOP'],
  ['Input/output error', 'EIO'],
  ['I/O error', 'EIO'],
  ['Operation not permitted', 'EPERM'],
  ['Connection refused', 'ECONNREFUSED'],
  ['Connection timed out', 'ETIMEDOUT'],
  ['Operation timed out', 'ETIMEDOUT'],
  ['No route to host', 'EHOSTUNREACH'],
  ['Host is unreachable', 'EHOSTUNREACH'],
  ['Network is unreachable', 'ENETUNREACH'],
  ['Network unreachable', 'ENETUNREACH'],
  ['Connection reset by peer', 'ECONNRESET'],
  ['Cannot assign requested address', 'EADDRNOTAVAIL'],
  ['Address not available', 'EADDRNOTAVAIL'],
  ['Protocol not available', 'ENOPROTOOPT'],
  ['Invalid argument', 'EINVAL'],
];

/** The symbol of the error that one of the lines ends with, or null. */
export function errnoOfText(message: string): string | null {
  for (const line of message.split('\n')) {
    const trimmed = line.trimEnd();
    for (const [text, symbol] of texts) if (trimmed.endsWith(text)) return symbol;
  }
  return null;
}
