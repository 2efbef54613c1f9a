/**
 * What httpd's configuration becomes once it is read: directives and sections with the file and line where each begins.
 * This folder reads configurations and finds the httpd that runs with them; what the directives mean for proxying is told in
 * src/checks/proxy-config.
 */

export interface At {
  readonly file: string;
  /** First line of the directive, from 1. (httpd's own messages name the last line of a continued one.) */
  readonly line: number;
}

export interface Directive {
  readonly kind: 'directive';
  /** As written. */
  readonly name: string;
  /** Lower case, for comparison. */
  readonly key: string;
  /** The arguments, variables resolved, not split: see `words`. */
  readonly raw: string;
  readonly at: At;
}

/** A section that stays (VirtualHost, Location, Proxy, If …). IfModule, IfDefine, IfVersion and IfFile are settled while reading. */
export interface Section {
  readonly kind: 'section';
  readonly name: string;
  /** Lower case without brackets: `virtualhost`. */
  readonly key: string;
  /** Arguments between the name and the closing bracket. */
  readonly raw: string;
  readonly at: At;
  readonly children: readonly Node[];
}

export type Node = Directive | Section;

/** Include or IncludeOptional as it was met, with the sections it stands in (outermost first). */
export interface IncludeSeen {
  /** Absolute, variables resolved. */
  readonly pattern: string;
  readonly at: At;
  readonly inside: readonly Section[];
}

/** Something that could not be read or understood. */
export interface Problem {
  readonly at: At | null;
  readonly text: string;
}

export interface ConfigTree {
  readonly nodes: readonly Node[];
  /** In the order of reading, each once. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly serverRoot: string;
  readonly defines: readonly string[];
  /** Identifiers (`proxy_http_module`), static ones first, in the order of loading. */
  readonly modules: readonly string[];
  readonly includes: readonly IncludeSeen[];
  /** Variables of httpd's environment that the configuration uses, with their values. */
  readonly environmentUsed: Readonly<Record<string, string>>;
}
