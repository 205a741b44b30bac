/** A piece of a dump: the section that it belongs to, its key there (may be empty), neither with a tab, and its JSON text. */
export type DumpedRow = readonly [section: string, key: string, json: string];

/** A whole dump, by section; what belongs to a key is at the same place in `jsons`. */
export type Sections = ReadonlyMap<string, { readonly keys: readonly string[]; readonly jsons: readonly string[] }>;

interface Section {
  readonly keys: string[];
  readonly jsons: string[];
}

/** Adds rows to what was read of a dump before. */
export function readDump(rows: Iterable<DumpedRow>, into = new Map<string, Section>()): Map<string, Section> {
  for (const [name, key, json] of rows) {
    let section = into.get(name);
    if (!section) {
      section = { keys: [], jsons: [] };
      into.set(name, section);
    }
    section.keys.push(key);
    section.jsons.push(json);
  }
  return into;
}
