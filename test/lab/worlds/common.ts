/** What many worlds share: ordinary traffic and ordinary expectations of the logs. */
import type { RequestKind, Scene, Traffic } from '../world.ts';

/** A shop's requests: mostly reading, some writing, no two paths quite alike. */
export const shop: readonly RequestKind[] = [
  { path: '/shop/items/{n}', weight: 6 },
  { path: '/shop/search?q={n}', weight: 2 },
  { method: 'POST', path: '/shop/orders', weight: 2, bodyBytes: 600 },
];

export const visits = (requests: number, more: Partial<Traffic> = {}): Traffic => ({
  requests,
  atOnce: 4,
  perSecond: 40,
  kinds: shop,
  ...more,
});

export const traffic = (requests: number, more: Partial<Traffic> = {}): Scene => ({ do: 'traffic', traffic: visits(requests, more) });

export const refused = '(111)Connection refused: AH00957';
export const connectTimedOut = '(70007)The timeout specified has expired: AH00957';
