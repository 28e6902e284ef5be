/** The full-text index of a session's messages, by `seq`. */
import type { Database } from "../storage/database";
import { indexText, type Term } from "./terms";

/** FTS5 takes anything between double quotes for text, operators too. */
const quoted = ({ word, prefix }: Term) => `"${word.replaceAll('"', '""')}"${prefix ? " *" : ""}`;

/**
 * The words of a name, made unlike all words of messages: to look for a frequent word among the names would otherwise
 * read through all messages that have it.
 */
const speakerWords = (name: string) =>
  (name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `speaker${word}`).join(" ");

export class FullText {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  insert(seq: number, message: { content: string; name?: string | undefined; createdAt: number }): void {
    this.#db.write(
      "INSERT INTO messages_fts (rowid, content, name) VALUES (?, ?, ?)",
      seq,
      indexText(message.content, message.createdAt),
      speakerWords(message.name ?? ""),
    );
  }

  delete(seq: number): void {
    this.#db.write("DELETE FROM messages_fts WHERE rowid = ?", seq);
  }

  clear(): void {
    this.#db.write("INSERT INTO messages_fts (messages_fts) VALUES ('delete-all')");
  }

  /** The newest messages before a `seq` whose content has the word, as one row: rows cost more than numbers in one. */
  find(term: Term, before: number, limit: number): number[] {
    const [row] = this.#db.rows<{ seqs: string }>(
      `SELECT json_group_array(rowid) AS seqs FROM
       (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)`,
      `content : ${quoted(term)}`,
      before,
      limit,
    );
    return row ? JSON.parse(row.seqs) : [];
  }

  /** Whether somebody who speaks in the session has this name. */
  isSpeaker(term: Term): boolean {
    const match = `name : ${quoted({ word: speakerWords(term.word), prefix: false })}`;
    return this.#db.rows("SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? LIMIT 1", match).length > 0;
  }
}
