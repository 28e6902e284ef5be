/**
 * The rules of a user's facts: the same for people, the model and imports.
 *
 * A fact is stored once: the same text again only adds a source. A person's version stays until a person deletes the
 * fact. The model's version stays as long as one of its turns does; a turn whose change replaced a version counts only as
 * long as that version exists. So deleting a session deletes all text that it taught, and restores the version before.
 */

import type { FactChange } from "../../turn/extraction-prompt";
import { type Fact, type FactEdit, type FactVersion, MAX_FACTS, sameFactKey } from "../../turn/user-memory";
import type { Database } from "../sqlite/database";
import type { Learned, NewVersion } from "./fact-columns";
import { FactRows, MAX_VERSIONS } from "./fact-rows";
import { dropVersions, removeSources } from "./version-sources";

/** Call the methods that write inside a transaction. */
export class UserFacts {
  readonly rows: FactRows;

  constructor(db: Database) {
    this.rows = new FactRows(db);
  }

  /** Whether the user has {@link MAX_FACTS} facts. */
  get full(): boolean {
    return this.rows.count() >= MAX_FACTS;
  }

  /** Returns the current fact with the same text, but for case and spacing. */
  same(text: string): FactVersion | undefined {
    const key = sameFactKey(text);
    const same = this.rows.texts().find((fact) => sameFactKey(fact.text) === key);
    return same && this.rows.at(same.number);
  }

  /** Adds a fact that a person wrote, or confirms the same fact. @returns null if the user has too many facts */
  add({ text, since = null, until = null, pinned = false, source }: FactEdit & { text: string }): Fact | null {
    const same = this.same(text);
    if (same)
      return this.#edit(same, {
        text: same.text,
        since: since ?? undefined,
        until: until ?? undefined,
        pinned: pinned || undefined,
        source,
      });
    if (this.full) return null;
    return this.#version(this.rows.add({ text, since, until, pinned, source, writtenBy: "person", learned: [] }));
  }

  /** Changes a fact as a person wishes. @returns null if no current fact has this id */
  edit(id: string, edit: FactEdit): Fact | null {
    const { text } = edit;
    const hasEnded = text !== undefined && this.rows.history(id).length > 0;
    // A repeated edit of a fact that has become another one changes that one.
    const fact = this.rows.get(id) ?? (hasEnded ? this.same(text) : undefined);
    return fact ? this.#edit(fact, fact.id === id ? edit : { ...edit, text: fact.text }) : null;
  }

  /**
   * Makes an earlier version current again, with its author and its sources. Also restores a fact that ended.
   * @returns null if the fact has no such version; `facts_full` if the user has too many facts
   */
  revert(id: string, version: number): Fact | "facts_full" | null {
    const history = this.rows.history(id);
    const target = history.find((one) => one.version === version);
    if (!target) return null;
    const stored = this.rows.stored(target.number);
    const current = this.rows.get(id);
    if (current?.version === version) return current;
    const same = this.same(target.text);
    if (same && same.id !== id) return same;
    const isFull = stored.writtenBy === "model" && history.length >= MAX_VERSIONS;
    if (isFull || (!current && this.full)) return "facts_full";
    return this.#addVersion({ ...stored, pinned: current?.pinned ?? stored.pinned });
  }

  /** Deletes a fact with its history. @returns whether it existed */
  delete(id: string): boolean {
    if (this.rows.history(id).length === 0) return false;
    this.rows.delete(id);
    this.forget(() => false);
    return true;
  }

  /**
   * Applies changes that the model derived from a turn. Skips changes of facts that changed after the model was shown
   * them.
   */
  learn(changes: FactChange[], turn: Learned): void {
    for (const change of changes) {
      if (change.do === "add") {
        const same = this.same(change.text);
        if (same) this.#support(same, turn);
        else if (!this.full) this.rows.add({ ...change, pinned: false, writtenBy: "model", learned: [turn] });
      } else {
        const shown = this.find(change.shown);
        if (shown?.endedAt === null) this.#change(change, shown, { ...turn, base: shown.number });
      }
    }
  }

  /** Returns the present row of a version; undefined if it was deleted. */
  find({ id, number, updatedAt }: Fact): FactVersion | undefined {
    return this.rows.history(id).find((one) => one.number === number && one.updatedAt === updatedAt);
  }

  /**
   * Removes turns from the sources of all versions, and the model's versions that lose their last source, also because
   * the version that they replaced was deleted.
   * @returns the turns that versions lost: those that still exist can be learned from again
   */
  forget(isLost: (learned: Learned) => boolean): Learned[] {
    const { lost, gone } = removeSources(this.rows, isLost);
    this.rows.deleteVersions(gone);
    if (gone.size > 0) this.mergeEqual();
    return lost;
  }

  /** Merges facts that have the same text, for example because earlier versions have become current again. */
  mergeEqual(): void {
    const facts = new Map<string, FactVersion>();
    for (const fact of this.rows.current().sort((a, b) => a.number - b.number)) {
      const key = sameFactKey(fact.text);
      const before = facts.get(key);
      facts.set(key, before ? this.#merge(before, fact) : fact);
    }
    this.dropEnded();
  }

  /** Ends one of two facts with the same text, and adds its sources to the other one: the first, or the person's. */
  #merge(one: FactVersion, other: FactVersion): FactVersion {
    const isFirst = one.writtenBy === "person" || other.writtenBy === "model";
    const [kept, ended] = isFirst ? [one, other] : [other, one];
    const stored = this.rows.stored(ended.number);
    for (const turn of stored.learned) this.#support(kept, turn);
    if (ended.pinned) this.rows.pin(kept.id, true);
    this.#end(stored);
    return kept;
  }

  /** Ends a fact that became equal to another one. */
  #end(version: NewVersion): void {
    this.rows.add({ ...version, text: null, writtenBy: "person", learned: [] });
    this.dropEnded();
  }

  /** Deletes the facts that ended first, if there are more than {@link MAX_FACTS} of them. */
  dropEnded(): void {
    for (const { id } of this.rows.ended().slice(MAX_FACTS)) dropVersions(this.rows, this.rows.numbersOf(id), true);
  }

  /** @param shown the present row of the version: a person may have pinned the fact after the model was shown it */
  #change(change: Exclude<FactChange, { do: "add" }>, shown: FactVersion, turn: Learned): void {
    const { id, pinned } = shown;
    if (this.rows.history(id).length >= MAX_VERSIONS) return;
    const by = { id, pinned, writtenBy: "model" as const, learned: [turn] };
    const same = change.do === "change" ? this.same(change.text) : undefined;
    if (change.do === "change" && (!same || same.id === id)) {
      const isSame = same && change.since === shown.since && change.until === shown.until;
      if (!isSame) this.rows.add({ ...change, ...by });
      return;
    }
    if (same) {
      // The model may have copied the text of the other fact: the turn counts only as long as that version exists.
      turn.base = same.number;
      this.#support(same, turn);
    }
    this.rows.add({ ...by, text: null, since: null, until: null });
    this.dropEnded();
  }

  /** Adds a turn to the sources of a version. */
  #support({ number }: Fact, turn: Learned): void {
    const { learned } = this.rows.stored(number);
    const isKnown = learned.some(
      ({ sessionId, seq, base }) => sessionId === turn.sessionId && seq === turn.seq && base === turn.base,
    );
    if (!isKnown) this.rows.setLearned(number, [...learned, turn]);
  }

  #edit(fact: FactVersion, edit: FactEdit): Fact {
    const { text = fact.text, pinned = fact.pinned } = edit;
    let { since = fact.since, until = fact.until } = edit;
    // One new date may leave no day between it and the other one, which then no longer holds.
    if (since && until && until < since) {
      if (edit.until) since = null;
      else until = null;
    }
    const same = this.same(text);
    const stored = this.rows.stored(fact.number);
    if (same && same.id !== fact.id) {
      this.#end(stored);
      return this.#edit(same, { ...edit, text: same.text, pinned: pinned || edit.pinned });
    }
    const { source = stored.source } = edit;
    const isSaid = edit.text !== undefined || edit.source !== undefined;
    const isChanged = text !== fact.text || since !== fact.since || until !== fact.until;
    if (isChanged || (isSaid && fact.writtenBy === "model"))
      return this.#addVersion({ ...stored, text, since, until, pinned, source, writtenBy: "person" });
    this.rows.pin(fact.id, pinned);
    if (source) this.rows.cite(fact.number, source);
    return this.#version(fact.number);
  }

  /** Adds a version that a person wishes. Beyond {@link MAX_VERSIONS} the older half of the history is deleted. */
  #addVersion(version: NewVersion & { id: string }): Fact {
    const number = this.rows.add(version);
    this.rows.dropEnds(version.id);
    const history = this.rows.history(version.id);
    const old = history.slice(MAX_VERSIONS / 2).map((one) => one.number);
    if (history.length > MAX_VERSIONS) dropVersions(this.rows, old);
    return this.#version(number);
  }

  #version(number: number): Fact {
    const fact = this.rows.at(number);
    if (!fact) throw new Error("A stored fact is missing.");
    return fact;
  }
}
