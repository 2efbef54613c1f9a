/** One report, several formats. */
import { markdownReport } from '../report/markdown.ts';
import type { Report } from '../report/schema.ts';
import { textReport } from '../report/text.ts';

export const formats = ['md', 'json', 'html', 'text'] as const;
export type Format = (typeof formats)[number];

/** From a file's ending; checked before by options.ts. */
export function formatOf(file: string): Format {
  if (file.endsWith('.md')) return 'md';
  if (file.endsWith('.json')) return 'json';
  if (file.endsWith('.html')) return 'html';
  return 'text';
}

/** The HTML page needs React; it is loaded only when it is asked for. */
export async function formatReport(report: Report, format: Format): Promise<string> {
  switch (format) {
    case 'md':
      return markdownReport(report);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'html': {
      const { htmlReport } = await import('../report/html/page.tsx');
      return htmlReport(report);
    }
    case 'text':
      return textReport(report);
  }
}
