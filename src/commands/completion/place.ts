/** What can stand at a place of the command line. */
export interface Place {
  /** The commands before it: ``, `run`, `flow lint`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly { readonly name: string; readonly about: string; /** Null: it takes none. */ readonly value: Value | null }[];
  readonly words: Value;
}

export interface Value {
  readonly words: readonly string[];
  readonly files: 'none' | 'any' | 'folders';
}

/** The ways that commands take, each as what stands before a word and the word: ` flow`, `flow lint`. */
export function ways(places: readonly Place[]): string[] {
  return places.flatMap((place) => place.commands.map((command) => `${place.path} ${command.name}`));
}

/** Options with values, by what the value may be; each as `PATH OPTION`. */
export function valued(places: readonly Place[]): { readonly value: Value; readonly at: readonly string[] }[] {
  const groups = new Map<string, { value: Value; at: string[] }>();
  for (const place of places) {
    for (const option of place.options) {
      if (option.value === null) continue;
      const key = JSON.stringify(option.value);
      const group = groups.get(key) ?? { value: option.value, at: [] };
      group.at.push(`${place.path} ${option.name}`);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/** In single quotes for a shell of the Bourne family. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
