/** Names of modules: `LoadModule` gives an identifier and a file, `<IfModule>` takes the identifier or the module's source file. */

/** Sources whose name does not follow from the identifier. */
const sourceOf: Readonly<Record<string, string>> = {
  core_module: 'core.c',
  http_module: 'http_core.c',
  mpm_event_module: 'event.c',
  mpm_worker_module: 'worker.c',
  mpm_prefork_module: 'prefork.c',
  mpm_winnt_module: 'mpm_winnt.c',
  mpm_itk_module: 'mpm_itk.c',
  ldap_module: 'util_ldap.c',
};
const identifierOf: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(sourceOf).map(([identifier, source]) => [source, identifier]),
);

/** What httpd 2.4 as Debian and RHEL build it has compiled in, where `httpd -l` could not be asked. */
export const usualStaticSources = [
  'core.c',
  'mod_so.c',
  'mod_watchdog.c',
  'http_core.c',
  'mod_log_config.c',
  'mod_logio.c',
  'mod_version.c',
  'mod_unixd.c',
];

export function identifierOfSource(source: string): string {
  return identifierOf[source] ?? `${source.replace(/^mod_/, '').replace(/\.c$/, '')}_module`;
}

/** The loaded modules, asked by either name. */
export class LoadedModules {
  readonly identifiers: string[] = [];
  private readonly names = new Set<string>();

  constructor(staticSources: readonly string[]) {
    for (const source of staticSources) this.add(identifierOfSource(source), source);
  }

  /** `file`: path of the shared object; `mod_php.so` and `libphp5.so` give `mod_php.c` and `mod_php5.c`. */
  load(identifier: string, file: string): void {
    const stem = (file.split('/').at(-1) ?? '').replace(/\.so$/, '').replace(/^lib/, 'mod_');
    this.add(identifier, `${stem}.c`);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  private add(identifier: string, source: string): void {
    if (!this.names.has(identifier)) this.identifiers.push(identifier);
    for (const name of [identifier, source, sourceOf[identifier] ?? `mod_${identifier.replace(/_module$/, '')}.c`]) this.names.add(name);
  }
}
