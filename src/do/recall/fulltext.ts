/** The full-text index of a session's messages, by `seq`. */
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
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Without a copy of the content: the messages have it. */
  create(): void {
    this.#sql.exec(
      `CREATE VIRTUAL TABLE messages_fts USING fts5(content, name, content = '', contentless_delete = 1,
       tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'")`,
    );
  }

  insert(seq: number, message: { content: string; name?: string | undefined; createdAt: number }): void {
    this.#sql.exec(
      "INSERT INTO messages_fts (rowid, content, name) VALUES (?, ?, ?)",
      seq,
      indexText(message.content, message.createdAt),
      speakerWords(message.name ?? ""),
    );
  }

  delete(seq: number): void {
    this.#sql.exec("DELETE FROM messages_fts WHERE rowid = ?", seq);
  }

  clear(): void {
    this.#sql.exec("INSERT INTO messages_fts (messages_fts) VALUES ('delete-all')");
  }

  /** The newest messages before a `seq` whose content has the word, as one row: rows cost more than numbers in one. */
  find(term: Term, before: number, limit: number): number[] {
    const { seqs } = this.#sql
      .exec<{ seqs: string }>(
        `SELECT json_group_array(rowid) AS seqs FROM
         (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)`,
        `content : ${quoted(term)}`,
        before,
        limit,
      )
      .one();
    return JSON.parse(seqs);
  }

  /** Whether somebody who speaks in the session has this name. */
  isSpeaker(term: Term): boolean {
    const match = `name : ${quoted({ word: speakerWords(term.word), prefix: false })}`;
    return (
      this.#sql.exec("SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? LIMIT 1", match).toArray().length > 0
    );
  }
}
