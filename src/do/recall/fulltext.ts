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

/** What there is of a word. */
export interface Found {
  term: Term;
  /** The messages that have it, newest first. */
  seqs: number[];
  /** Whether somebody who speaks in the session has this name. */
  speaks: boolean;
}

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

  /**
   * Looks up all words at once: the newest messages before a `seq` whose content has each, and whether it is the name of
   * somebody who speaks. One statement and one row, because each costs more than the look-up.
   */
  find(terms: Term[], before: number, limit: number): Found[] {
    const matches = terms.map((term) => ({
      content: `content : ${quoted(term)}`,
      name: `name : ${quoted({ word: speakerWords(term.word), prefix: false })}`,
    }));
    const [row] = this.#db.rows<{ found: string }>(
      `SELECT json_group_array(json_object(
         'seqs', (SELECT json_group_array(seq) FROM (
           SELECT rowid AS seq FROM messages_fts WHERE messages_fts MATCH term.value ->> 'content' AND rowid < ?1
           ORDER BY rowid DESC LIMIT ?2)),
         'speaks', EXISTS (SELECT 1 FROM messages_fts WHERE messages_fts MATCH term.value ->> 'name')
       )) AS found FROM json_each(?3) AS term`,
      before,
      limit,
      JSON.stringify(matches),
    );
    const found: { seqs: number[]; speaks: number }[] = row ? JSON.parse(row.found) : [];
    return terms.flatMap((term, at) => {
      const { seqs, speaks } = found[at] ?? { seqs: [], speaks: 0 };
      return { term, seqs, speaks: speaks === 1 };
    });
  }
}
