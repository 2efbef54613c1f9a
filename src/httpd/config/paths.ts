/** Paths as httpd makes them absolute (ap_server_root_relative). Text only: links are not followed. */

export function absolutePath(path: string, base: string): string {
  return normal(path.startsWith('/') ? path : `${base}/${path}`);
}

/** `//`, `/./` and `/x/../` taken out. */
export function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
