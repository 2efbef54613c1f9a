/** How long the proxy waits for this backend: an answer that comes later is none for its clients, whatever we would wait ourselves. Pure. */
import type { BackendSetting, ProxyConfigFacts } from '../proxy-config/facts.ts';

/** Seconds; null where the configuration is not known. `timeout=` of its lines rules, then ProxyTimeout, then Timeout. */
export function proxyWaits(config: ProxyConfigFacts | null, settings: readonly BackendSetting[]): number | null {
  if (config === null) return null;
  const common = config.proxyTimeout?.seconds ?? config.timeout.seconds;
  const all = settings.map(({ parameters }) => wholeSeconds(parameters['timeout']?.value) ?? common);
  // Where several lines lead there, a slow one is no reason to call a quick answer late.
  return all.length === 0 ? common : Math.max(...all);
}

/** `timeout=500ms` is read as 500 s (atoi; traps 11); 0 sets nothing. */
function wholeSeconds(value: string | undefined): number | null {
  const seconds = Number.parseInt(value ?? '', 10);
  return Number.isNaN(seconds) || seconds <= 0 ? null : seconds;
}

/** What a probe waits for an answer: what was asked for, else no longer than the proxy does. */
export function answerWithin(asked: number | undefined, usual: number, waits: number | null): number {
  return asked ?? (waits === null || waits <= 0 ? usual : Math.min(usual, waits));
}
