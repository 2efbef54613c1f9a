/** Errnos as error lines give them, by what they say of a failure: the system's symbols, and APR's own for its time-outs and ends. */

/** Nothing came in time. */
export const timedOut: readonly string[] = ['ETIMEDOUT', 'APR_TIMEUP', 'EAGAIN', 'EINPROGRESS'];
/** The connection was closed or reset; `none` where the line has no errno. */
export const dropped: readonly string[] = ['ECONNRESET', 'EPIPE', 'APR_EGENERAL', 'APR_EOF', 'APR_INCOMPLETE', 'ECONNABORTED', 'none'];
