/** Export and import of a user's facts, with their versions and sources. */
import { failed, ok, type Result } from "../../turn/result";
import { type ExportedFact, type ExportedVersion, MAX_FACTS } from "../../turn/user-memory";
import type { UserFacts } from "./user-facts";

/** The characters of facts that one call returns: a fact may have a megabyte. */
const PAGE_CHARACTERS = 1_000_000;

/** Facts that were imported, and the number that was added to the numbers of their versions. */
export interface ImportedFacts {
  added: number;
  offset: number;
}

/** Returns the next facts, oldest first. @param after the lowest number of the previous fact; 0 for the first ones */
export function exportFacts({ rows }: UserFacts, after: number): ExportedFact[] {
  const facts: ExportedFact[] = [];
  let characters = 0;
  for (const id of rows.idsAfter(after)) {
    const versions = rows.versions(id);
    facts.push({ id, versions });
    characters += JSON.stringify(versions).length;
    if (characters > PAGE_CHARACTERS) break;
  }
  return facts;
}

/**
 * Adds facts. Those with the text of one that the user has become one with it. Call it inside a transaction.
 * @param earlier the offset of an earlier part of the same import
 * @returns `facts_full` if the user would have too many facts; then nothing is added
 */
export function importFacts(facts: UserFacts, sent: ExportedFact[], earlier?: number): Result<ImportedFacts> {
  const { rows } = facts;
  const textOf = ({ versions }: ExportedFact) => versions.at(-1)?.text ?? "";
  const isNew = (fact: ExportedFact) => !facts.same(textOf(fact));
  // Skips facts of an earlier import: the exported version is in their history, or its text is a current fact.
  const added = sent.filter((fact) => {
    const stored = rows.versions(fact.id);
    const isKnown = stored.some(({ updatedAt }) => updatedAt === fact.versions.at(-1)?.updatedAt);
    return stored.length === 0 || (textOf(fact) && isNew(fact) && !isKnown);
  });
  const fresh = added.filter(isNew);
  if (rows.count() + fresh.filter(textOf).length > MAX_FACTS) return failed({ reason: "facts_full" });
  const known = rows.numbers();
  // A fact that was learned since the earlier part may have taken a number.
  const isTaken = added.some(({ versions }) => versions.some(({ number }) => known.has((earlier ?? 0) + number)));
  const offset = earlier === undefined || isTaken ? rows.last : earlier;
  for (const { versions } of added) for (const { number } of versions) known.add(offset + number);
  const learnedFrom = ({ learned }: ExportedVersion) =>
    learned.map(({ base = Number.NaN, ...turn }) =>
      known.has(offset + base) ? { ...turn, base: offset + base } : turn,
    );
  for (const { id, versions } of added) {
    rows.addVersions(
      rows.versions(id).length > 0 ? crypto.randomUUID() : id,
      versions.map((one) => ({ ...one, number: offset + one.number, learned: learnedFrom(one) })),
    );
  }
  facts.mergeEqual();
  return ok({ added: fresh.length, offset });
}
