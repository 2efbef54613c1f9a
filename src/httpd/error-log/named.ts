/** Which backend a message is about, from what its placeholders held. */
import type { Fields } from './match.ts';

export function joined(peer: { readonly address: string; readonly port: number | null }): string {
  const host = peer.address.includes(':') ? `[${peer.address}]` : peer.address;
  return peer.port === null ? host : `${host}:${peer.port}`;
}

export interface Named {
  readonly backend: string | null;
  readonly backendName: string | null;
}

/** The address where the line has one, else the worker's name; `*` is the default worker's and no name. */
export function backendOf(fields: Fields): Named {
  if (fields.target !== undefined) return fromTarget(fields.target);
  const worker = fields.worker === undefined ? null : cleanName(fromWorkerUrl(fields.worker));
  const target = fields.socket !== undefined ? `unix:${fields.socket}` : cleanName(fields.address ?? fields.backend ?? fields.host ?? null);
  if (target !== null) return { backend: target, backendName: fields.name ?? (worker === target ? null : worker) };
  if (worker !== null) return { backend: worker, backendName: null };
  return { backend: fields.workerUrl === undefined ? null : cleanName(fromWorkerUrl(fields.workerUrl)), backendName: fields.name ?? null };
}

function cleanName(name: string | null): string | null {
  const trimmed = name?.trim() ?? '';
  return trimmed === '' || trimmed === '*' || trimmed === '(null)' ? null : trimmed;
}

/** `http://10.0.0.1:8080/app` → `10.0.0.1:8080`; `unix:/run/x.sock|http://name` → `unix:/run/x.sock`. */
function fromWorkerUrl(name: string): string {
  if (name.startsWith('unix:')) return name.split('|')[0] ?? name;
  const match = /^[A-Za-z][\w+.-]*:\/\/(?:[^/@]*@)?([^/?#]*)/.exec(name);
  return match?.[1] ?? name;
}

/** The path of a URL, or a path as it is. */
export function pathOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  return url.replace(/^[A-Za-z][\w+.-]*:\/\/[^/?#]*/, '') || '/';
}

/** `192.0.2.11:8080`, `192.0.2.11:8080/app.example`; a placeholder in words names none. */
function fromTarget(target: string): Named {
  const bare = target.replace(/^\(|\)$/g, '').trim();
  if (bare === '' || /\s/.test(bare)) return { backend: null, backendName: null };
  const [backend = '', name] = bare.split('/');
  return { backend: cleanName(backend), backendName: name === undefined ? null : cleanName(name) };
}
