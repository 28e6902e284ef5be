/**
 * The table of the versions of a user's facts, and the full-text index of the current ones.
 *
 * The version with the highest number of its fact is current. A version without a text ends its fact. So deleting a
 * version makes the latest remaining one current, and deleting the version that ended a fact restores it.
 */
import { estimateTokens } from "../../turn/tokens";
import { type ExportedVersion, type FactVersion, type Place, statementLine } from "../../turn/user-memory";
import { FullText } from "../memory/fulltext";
import { indexText } from "../memory/terms";
import type { Database } from "../sqlite/database";
import { jsonOf, type Learned, learnedIn, type NewVersion, type Row, toExported, toVersion } from "./fact-columns";
import { FactVectors } from "./fact-vectors";

/** The most versions of a fact. */
export const MAX_VERSIONS = 100;

const NEXT = "SELECT updated_at FROM facts WHERE id = f.id AND version > f.version ORDER BY version LIMIT 1";
const VERSIONS = `SELECT f.*, (${NEXT}) AS ended_at FROM facts f`;
const CURRENT = "FROM facts WHERE current = 1 AND text NOT NULL";
const NEWEST_FIRST = "ORDER BY updated_at DESC, number DESC";

/** Call the methods that write inside a transaction. */
export class FactRows {
  readonly #db: Database;
  readonly index: FullText;
  readonly vectors: FactVectors;

  constructor(db: Database) {
    this.#db = db;
    this.index = new FullText(db, "facts_fts");
    this.vectors = new FactVectors(db);
  }

  get empty(): boolean {
    return this.last === 0;
  }

  /** The highest number of a version; 0 without any. */
  get last(): number {
    return this.#db.rows<{ last: number | null }>("SELECT max(number) AS last FROM facts")[0]?.last ?? 0;
  }

  /** Returns the number of current facts. */
  count(): number {
    return this.texts().length;
  }

  /** Returns the current facts, newest first. */
  current(): FactVersion[] {
    return this.#db.rows<Row>(`SELECT * ${CURRENT} ${NEWEST_FIRST}`).map(toVersion);
  }

  /** Returns the columns of the current facts that rank them, newest first. One row costs less than one for each fact. */
  outlines(): Pick<FactVersion, "number" | "tokens" | "pinned" | "until">[] {
    const query = `SELECT json_group_array(json_array(number, tokens, pinned, until)) AS facts FROM
      (SELECT * ${CURRENT} ${NEWEST_FIRST})`;
    const [row] = this.#db.rows<{ facts: string }>(query);
    const rows: [number, number, number, string | null][] = row ? JSON.parse(row.facts) : [];
    return rows.map(([number, tokens, pinned, until]) => ({ number, tokens, pinned: pinned === 1, until }));
  }

  /** Returns the texts of the current facts. */
  texts(): { number: number; text: string }[] {
    return this.#db.rows(`SELECT number, text ${CURRENT}`);
  }

  /** Returns the version with a number, if it is current. */
  at(number: number): FactVersion | undefined {
    return this.pick([number])[0];
  }

  /** Returns the current versions among those with these numbers, in this order. */
  pick(numbers: number[]): FactVersion[] {
    const query = `SELECT * ${CURRENT} AND number IN (SELECT value FROM json_each(?))`;
    const rows = this.#db.rows<Row>(query, JSON.stringify(numbers)).map(toVersion);
    const found = new Map(rows.map((row) => [row.number, row]));
    return numbers.flatMap((number) => found.get(number) ?? []);
  }

  /** Returns the last versions of facts that have ended, the last one first. */
  ended(): FactVersion[] {
    const query = `${VERSIONS} JOIN facts e ON f.number = (SELECT number FROM facts WHERE id = e.id AND text NOT NULL
      ORDER BY version DESC LIMIT 1) WHERE e.current = 1 AND e.text IS NULL ORDER BY e.updated_at DESC, e.number DESC`;
    return this.#db.rows<Row>(query).map(toVersion);
  }

  /** Returns the current version of a fact; undefined if the fact ended or does not exist. */
  get(id: string): FactVersion | undefined {
    return this.#db.rows<Row>(`SELECT * ${CURRENT} AND id = ?`, id).map(toVersion)[0];
  }

  /** Returns the versions of a fact that have a text, newest first. */
  history(id: string): FactVersion[] {
    return this.#db.rows<Row>(`${VERSIONS} WHERE id = ? AND text NOT NULL ORDER BY version DESC`, id).map(toVersion);
  }

  /** Returns a version in its stored form, to add a copy of it. */
  stored(number: number): NewVersion & { id: string } {
    const [row] = this.#db.rows<Row>("SELECT * FROM facts WHERE number = ?", number);
    if (!row) throw new Error("A stored fact is missing.");
    return { id: row.id, ...toExported(row) };
  }

  /** Adds a version, which becomes the current one of its fact. Returns its number. */
  add({ id = crypto.randomUUID(), text, since, until, pinned, writtenBy, source, learned }: NewVersion): number {
    const updatedAt = Date.now();
    const [before] = this.#rowsOf(id);
    const number = this.last + 1;
    const createdAt = before?.created_at ?? updatedAt;
    const version = { number, text, since, until, pinned, writtenBy, source, learned, createdAt, updatedAt };
    this.#insert(id, (before?.version ?? 0) + 1, version);
    this.#refresh(id);
    return number;
  }

  /** Adds a fact with all its versions, oldest first. */
  addVersions(id: string, versions: ExportedVersion[]): void {
    for (const [at, version] of versions.entries()) this.#insert(id, at + 1, version);
    this.#refresh(id);
  }

  #insert(id: string, version: number, { text, since, until, source, ...fact }: ExportedVersion): void {
    const tokens = text === null ? 0 : estimateTokens(statementLine({ text, since, until }));
    this.#db.write(
      "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
      ...[fact.number, id, version, text, tokens, since, until, Number(fact.pinned), fact.writtenBy],
      ...[source?.sessionId ?? null, source?.seq ?? null, jsonOf(fact.learned), fact.createdAt, fact.updatedAt],
    );
  }

  /** Returns the ids of all facts that were added after a version, in this order. */
  idsAfter(number: number): string[] {
    const query = "SELECT id FROM facts GROUP BY id HAVING min(number) > ? ORDER BY min(number)";
    return this.#db.rows<Row>(query, number).map(({ id }) => id);
  }

  /** Returns all versions of a fact, oldest first, also those that ended it. */
  versions(id: string): ExportedVersion[] {
    return this.#rowsOf(id).reverse().map(toExported);
  }

  /** Sets whether every prompt contains a fact, also after an earlier version has become current again. */
  pin(id: string, pinned: boolean): void {
    this.#db.write("UPDATE facts SET pinned = ?1 WHERE id = ?2 AND pinned <> ?1", Number(pinned), id);
  }

  /** Sets the message that a person named as the source of a version. */
  cite(number: number, { sessionId, seq }: Place): void {
    this.#db.write("UPDATE facts SET session = ?, seq = ? WHERE number = ?", sessionId, seq, number);
  }

  /** Replaces the turns that a version was learned from. */
  setLearned(number: number, learned: Learned[]): void {
    this.#db.write("UPDATE facts SET learned = ? WHERE number = ?", jsonOf(learned), number);
  }

  /** Returns the versions that were learned from turns, with the turns, and whether the model wrote them. */
  learned(): { number: number; isModels: boolean; learned: Learned[] }[] {
    const query = "SELECT number, author, learned FROM facts WHERE learned NOT NULL ORDER BY number";
    const rows = this.#db.tuples<[number, string, string]>(query);
    return Array.from(rows, ([number, author, learned]) => ({
      number,
      isModels: author === "model",
      learned: learnedIn({ learned }),
    }));
  }

  /** Returns the numbers of all versions. */
  numbers(): Set<number> {
    return new Set(Array.from(this.#db.tuples<[number]>("SELECT number FROM facts"), ([number]) => number));
  }

  /** Deletes versions. The latest remaining version of each fact becomes current. */
  deleteVersions(numbers: Iterable<number>): void {
    const ids = new Set<string>();
    for (const number of numbers) {
      const [row] = this.#db.rows<Row>("SELECT id FROM facts WHERE number = ?", number);
      if (row) ids.add(row.id);
      this.#remove(number);
    }
    for (const id of ids) this.#refresh(id);
  }

  /** Deletes a fact with its history. */
  delete(id: string): void {
    for (const number of this.numbersOf(id)) this.#remove(number);
  }

  /** Returns the numbers of all rows of a fact. */
  numbersOf(id: string): number[] {
    return this.#rowsOf(id).map(({ number }) => number);
  }

  /** Deletes the oldest ends of a fact that was restored more than {@link MAX_VERSIONS} times. No version depends on them. */
  dropEnds(id: string): void {
    const ends = this.#rowsOf(id).filter(({ text }) => text === null);
    this.deleteVersions(ends.slice(MAX_VERSIONS).map(({ number }) => number));
  }

  /** Rebuilds the index of all facts. Call it inside a transaction. */
  reindex(): void {
    for (const { number, text, createdAt } of this.current()) {
      this.index.delete(number);
      this.#index(number, text, createdAt);
    }
  }

  /** Deletes all facts. */
  clear(): void {
    this.#db.write("DELETE FROM facts");
    this.index.clear();
    this.vectors.clear();
  }

  /** Returns all rows of a fact, the latest version first. */
  #rowsOf(id: string): Row[] {
    return this.#db.rows("SELECT * FROM facts WHERE id = ? ORDER BY version DESC", id);
  }

  #remove(number: number): void {
    this.#leaveIndex(number);
    this.#db.write("DELETE FROM facts WHERE number = ?", number);
  }

  /** Makes the latest version of a fact the current one. Deletes a fact without any text. */
  #refresh(id: string): void {
    const rows = this.#rowsOf(id);
    const [latest] = rows;
    if (!latest) return;
    if (rows.every(({ text }) => text === null)) this.delete(id);
    else if (latest.current === 0) this.#makeCurrent(latest, rows);
  }

  #makeCurrent(latest: Row, rows: Row[]): void {
    for (const { number, current } of rows) if (current === 1) this.#leaveIndex(number);
    const update = "UPDATE facts SET current = (number = ?1) WHERE id = ?2 AND (current OR number = ?1)";
    this.#db.write(update, latest.number, latest.id);
    if (latest.text !== null) this.#index(latest.number, latest.text, latest.created_at);
  }

  #leaveIndex(number: number): void {
    this.index.delete(number);
    this.vectors.delete(number);
  }

  #index(number: number, content: string, createdAt: number): void {
    this.#db.write("INSERT INTO facts_fts (rowid, content) VALUES (?, ?)", number, indexText(content, createdAt));
  }
}
