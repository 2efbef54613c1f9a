/**
 * Whose logs and configuration a check reads. A flow says it with `with: { dialect: nginx }`; where it says nothing, the configuration that was
 * read says it, and without either it is httpd's. What a check finds has the same form in every dialect, so that signs and classifiers serve all.
 */
import * as z from 'zod';
import type { ProxyConfigFacts } from './proxy-config/facts.ts';

export const dialect = z.enum(['httpd', 'nginx']);
export type Dialect = z.infer<typeof dialect>;

export function dialectOf(set: Readonly<Record<string, unknown>>, config: ProxyConfigFacts | null): Dialect {
  const told = dialect.safeParse(set['dialect']);
  return told.success ? told.data : (config?.dialect ?? 'httpd');
}
