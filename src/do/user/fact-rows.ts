/** The table of a user's facts and its full-text index. */
import { estimateTokens } from "../../turn/tokens";
import { type Fact, MAX_FACTS, type Place } from "../../turn/user-memory";
import { matchOf } from "../memory/fulltext";
import { indexText, termsOf } from "../memory/terms";
import type { Database } from "../sqlite/database";

interface Row extends Record<string, SqlStorageValue> {
  number: number;
  id: string;
  text: string;
  tokens: number;
  session: string | null;
  seq: number | null;
  created_at: number;
  updated_at: number;
}

const toFact = ({ id, text, tokens, session, seq, created_at, updated_at }: Row): Fact => ({
  id,
  text,
  tokens,
  source: session !== null && seq !== null ? { sessionId: session, seq } : null,
  createdAt: created_at,
  updatedAt: updated_at,
});

/** Call the methods that write inside a transaction. */
export class FactRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Whether the user has {@link MAX_FACTS} facts. */
  get full(): boolean {
    return this.count() >= MAX_FACTS;
  }

  count(): number {
    return this.#db.rows<{ count: number }>("SELECT count(*) AS count FROM facts")[0]?.count ?? 0;
  }

  /** Returns all facts, newest first. */
  all(): Fact[] {
    return this.#db.rows<Row>("SELECT * FROM facts ORDER BY updated_at DESC, number DESC").map(toFact);
  }

  get(id: string): Fact | undefined {
    const row = this.#row(id);
    return row && toFact(row);
  }

  /** Returns the facts that match a text best, best first. */
  nearest(text: string, limit: number): Fact[] {
    const terms = termsOf(text);
    if (terms.length === 0) return [];
    const query = `SELECT f.* FROM facts_fts JOIN facts f ON f.number = facts_fts.rowid
      WHERE facts_fts MATCH ? ORDER BY rank LIMIT ?`;
    return this.#db.rows<Row>(query, matchOf(terms), limit).map(toFact);
  }

  /** Adds a fact. @param extracted whether a model extracted it: it is then deleted together with its session */
  add(text: string, source: Place | null, extracted: boolean): Fact {
    const [now, id, tokens] = [Date.now(), crypto.randomUUID(), estimateTokens(text)];
    this.#db.write(
      `INSERT INTO facts (id, text, tokens, session, seq, learnt, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, text, tokens, source?.sessionId ?? null, source?.seq ?? null, Number(extracted), now, now],
    );
    this.#index(this.#row(id)?.number, text, now);
    return { id, text, tokens, source, createdAt: now, updatedAt: now };
  }

  /** Changes a fact. @returns null if no fact has this id */
  change(id: string, text: string, source: Place | null, extracted: boolean): Fact | null {
    const row = this.#row(id);
    if (!row) return null;
    const [now, tokens] = [Date.now(), estimateTokens(text)];
    this.#db.write(
      "UPDATE facts SET text = ?, tokens = ?, session = ?, seq = ?, learnt = ?, updated_at = ? WHERE id = ?",
      ...[text, tokens, source?.sessionId ?? null, source?.seq ?? null, Number(extracted), now, id],
    );
    this.#unindex(row.number);
    this.#index(row.number, text, row.created_at);
    return { ...toFact(row), text, tokens, source, updatedAt: now };
  }

  /** Deletes a fact. @returns whether a fact had this id */
  delete(id: string): boolean {
    const row = this.#row(id);
    if (!row) return false;
    this.#db.write("DELETE FROM facts WHERE id = ?", id);
    this.#unindex(row.number);
    return true;
  }

  /** Deletes the facts that a model extracted from a session: all, or those of messages from one `seq` to another. */
  deleteExtracted(session: string, from = 0, to = Number.MAX_SAFE_INTEGER): void {
    const query = "SELECT * FROM facts WHERE learnt = 1 AND session = ? AND seq BETWEEN ? AND ?";
    for (const { id } of this.#db.rows<Row>(query, session, from, to)) this.delete(id);
  }

  /** Rebuilds the index of all facts. Call it inside a transaction. */
  reindex(): void {
    for (const { number, text, created_at } of this.#db.rows<Row>("SELECT * FROM facts")) {
      this.#unindex(number);
      this.#index(number, text, created_at);
    }
  }

  /** Deletes all facts. */
  clear(): void {
    this.#db.write("DELETE FROM facts");
    this.#db.write("INSERT INTO facts_fts (facts_fts) VALUES ('delete-all')");
  }

  #row(id: string): Row | undefined {
    return this.#db.rows<Row>("SELECT * FROM facts WHERE id = ?", id)[0];
  }

  #index(number: number | undefined, text: string, at: number): void {
    if (number !== undefined) {
      this.#db.write("INSERT INTO facts_fts (rowid, content) VALUES (?, ?)", number, indexText(text, at));
    }
  }

  #unindex(number: number): void {
    this.#db.write("DELETE FROM facts_fts WHERE rowid = ?", number);
  }
}
