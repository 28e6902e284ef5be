/**
 * The turns that versions of facts were learned from. A turn whose change replaced a version, its base, counts only as
 * long as the base exists. If a turn made another fact equal to a version, its base is that version: a version whose other
 * sources are lost is deleted, because such turns may only repeat it.
 */
import type { Learned } from "./fact-columns";
import type { FactRows } from "./fact-rows";

/**
 * Removes lost turns from the sources of all versions. Does not delete the model's versions that lose their last source,
 * also because their base is one of them, but returns them.
 * @returns the turns that versions lost, and the numbers of the versions without a source
 */
export function removeSources(rows: FactRows, isLost: (learned: Learned) => boolean) {
  const versions = rows.learned();
  const numbers = rows.numbers();
  const [gone, touched] = [new Set<number>(), new Set<(typeof versions)[number]>()];
  const lost: Learned[] = [];
  const cut = (version: (typeof versions)[number], isCut: (learned: Learned) => boolean) => {
    const kept = version.learned.filter((one) => !isCut(one));
    if (kept.length === version.learned.length) return;
    lost.push(...version.learned.filter(isCut));
    version.learned = kept;
    touched.add(version);
    // Turns that made another fact equal to this version may only repeat it.
    if (kept.every(({ base }) => base === version.number) && version.isModels) gone.add(version.number);
  };
  for (const version of versions)
    cut(version, (one) => isLost(one) || !(one.base === undefined || numbers.has(one.base)));
  const pairs =
    gone.size > 0 ? versions.flatMap((version) => version.learned.map(({ base }) => ({ base, version }))) : [];
  const changes = Map.groupBy(pairs, ({ base }) => base);
  // The loop also visits the versions that it adds.
  for (const number of gone)
    for (const { version } of changes.get(number) ?? []) cut(version, ({ base }) => base === number);
  for (const { number, learned } of touched) if (!gone.has(number)) rows.setLearned(number, learned);
  return { lost, gone };
}

/**
 * Deletes versions to limit their number. Keeps those that other versions of the model depend on, which would otherwise
 * lose their sources. @param whole whether all versions or none are deleted
 */
export function dropVersions(rows: FactRows, numbers: number[], whole = false): void {
  const old = new Set(numbers);
  const versions = rows.learned();
  const byNumber = new Map(versions.map((version) => [version.number, version]));
  const kept = versions.filter(({ number, isModels }) => isModels && !old.has(number));
  for (const { learned } of kept) {
    for (const { base = 0 } of learned) {
      const needed = old.delete(base) ? byNumber.get(base) : undefined;
      // A person's version stays without its base.
      if (needed?.isModels) kept.push(needed);
    }
  }
  if (whole && old.size < numbers.length) return;
  for (const { number, learned } of versions) {
    if (old.has(number) || !learned.some(({ base = 0 }) => old.has(base))) continue;
    const freed = learned.map((one) => (old.has(one.base ?? 0) ? { ...one, base: undefined } : one));
    rows.setLearned(number, freed);
  }
  rows.deleteVersions(old);
}
