import { changesOf, type Section } from '../../src/event-sourcing/tables/section.ts';
import { PartWriter, StoredSections } from '../../src/event-sourcing/tables/snapshot-parts.ts';

type Sections = Iterable<Section>;

/** Sections as they come back from a store: as they were at first, and with what changed from each time to the next. */
export function storedSections(first: Sections, ...later: readonly Sections[]): StoredSections {
  const times = [first, ...later].map((sections) => [...sections]);
  const last = times.at(-1) ?? [];
  const stored = new StoredSections(Object.fromEntries(last.map(({ name, size }) => [name, size])));
  for (const [time, sections] of times.entries()) {
    const writer = new PartWriter();
    const changes = changesOf(sections, times[time - 1]);
    if (!changes) throw new Error('they have no origin in common with what they were');
    for (const { section, entries } of changes) {
      for (const entry of entries) writer.add(section, entry);
      writer.endLeaf(section.name);
    }
    for (const part of writer.take()) time === 0 ? stored.addWhole(part) : stored.addChanges(part);
  }
  return stored;
}

/** A section as something that can be compared. */
export function entriesOf(section: Section): unknown[] {
  return [...section.entries()].map(([key, text]) => [
    key,
    text === undefined || text === '' ? null : JSON.parse(text),
  ]);
}
