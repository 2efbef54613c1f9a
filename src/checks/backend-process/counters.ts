/** Counters of /proc/net/netstat and /proc/net/snmp: pairs of lines, names and values. Pure. */

/** `TcpExt: A B` followed by `TcpExt: 1 2` → `TcpExt.A` → 1. */
export function readCounters(text: string): ReadonlyMap<string, number> {
  const counters = new Map<string, number>();
  const lines = text.split('\n');
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [group = '', ...names] = (lines[index] ?? '').split(/\s+/);
    const [same, ...values] = (lines[index + 1] ?? '').split(/\s+/);
    if (group === '' || group !== same) continue;
    for (const [at, name] of names.entries()) counters.set(`${group}${name}`.replace(':', '.'), Number(values[at] ?? 0));
  }
  return counters;
}
