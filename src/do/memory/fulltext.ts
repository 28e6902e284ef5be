/** The full-text indexes: of messages, by `seq`, and of the facts about a user, by number. */
import type { Tables } from "../sqlite/tables";
import type { Expansion } from "./expansion";
import { indexText, type Term } from "./terms";

/** Returns an FTS5 expression for a term. FTS5 reads anything between double quotes as text, even operators. */
const quoted = ({ word, prefix, match }: Term) => match ?? `"${word.replaceAll('"', '""')}"${prefix ? " *" : ""}`;

/**
 * The beginning of all words of names: no word of a message has it. Without it, a look-up of a frequent word among the
 * names would read all messages that contain the word.
 */
const SPEAKER = "speaker";
const speakerWords = (name: string) =>
  (name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `${SPEAKER}${word}`).join(" ");

/** A word of a question, with words that an answer may use instead. */
export interface Wanted extends Expansion {
  term: Term;
}

/** The most messages to look up for a word, for its other forms together, and for each related word. */
export interface Limits {
  word: number;
  forms: number;
  related: number;
}

/** The messages that contain a word, its other forms, or its related words. Each list is newest first. */
export interface Found {
  term: Term;
  wanted: Wanted;
  seqs: number[];
  forms: number[];
  related: number[][];
  /** Whether a speaker of the session has this name. */
  speaks: boolean;
}

const matchOf = (terms: Term[]) => `content : (${terms.map(quoted).join(" OR ")})`;
/** Returns the term of a form. A form that ends with a star matches all words with that beginning. */
const plain = (word: string): Term => (word.endsWith("*") ? { word: word.slice(0, -1), prefix: true } : { word });

/** The index of facts has no column for names of speakers. */
type IndexTable = "messages_fts" | "facts_fts";

/**
 * Returns SQL that selects the newest matching rows, as a JSON array. `+ 0`: a limit that is only a parameter is part of
 * SQLite's plan, so the statement would be compiled at each call.
 */
const newest = (table: IndexTable, match: string, limit: string) =>
  `(SELECT json_group_array(seq) FROM (SELECT rowid AS seq FROM ${table}
    WHERE ${table} MATCH ${match} AND rowid < ?1 ORDER BY rowid DESC LIMIT ${limit} + 0))`;

/** Returns SQL that selects the newest rows for each expression of a list, as a JSON array of arrays. */
const newestOfEach = (table: IndexTable, list: string, limit: string) =>
  `(SELECT json_group_array(${newest(table, "value", limit)}) FROM json_each(wanted.value, '$.${list}'))`;

/** Whether a name of a speaker has this word. Most questions name no speaker: one look-up of all words detects that. */
const SPEAKS = `CASE WHEN (SELECT EXISTS (SELECT 1 FROM messages_fts WHERE messages_fts MATCH ?6 AND rowid < ?1))
      THEN EXISTS (SELECT 1 FROM messages_fts WHERE messages_fts MATCH wanted.value ->> 'name' AND rowid < ?1) ELSE 0 END`;

const findIn = (table: IndexTable, speaks: string) => `SELECT json_group_array(json_object(
    'seqs', ${newest(table, "wanted.value ->> 'content'", "?3")},
    'forms', ${newestOfEach(table, "forms", "?4")},
    'related', ${newestOfEach(table, "related", "?5")},
    'speaks', ${speaks}
  )) AS found FROM json_each(?2) AS wanted`;

/** The newest messages come first: the index of many messages with names answers slowly. */
const HAS_NAMES = `SELECT CASE
    WHEN EXISTS (SELECT 1 FROM (SELECT name FROM messages ORDER BY seq DESC LIMIT 20) WHERE name NOT NULL) THEN 1
    ELSE EXISTS (SELECT 1 FROM messages_fts WHERE messages_fts MATCH 'name : "${SPEAKER}" *') END AS named`;

export class FullText {
  readonly #db: Tables;
  readonly #table: IndexTable;
  /** Whether a message has the name of a speaker, if that is known. */
  #isNamed: boolean | undefined;

  constructor(db: Tables, table: IndexTable = "messages_fts") {
    this.#db = db;
    this.#table = table;
    db.caches(() => {
      this.#isNamed = undefined;
    });
  }

  insert(seq: number, message: { content: string; name?: string | undefined; createdAt: number }): void {
    if (message.name !== undefined) this.#isNamed = true;
    this.#db.write(
      "INSERT INTO messages_fts (rowid, content, name) VALUES (?, ?, ?)",
      seq,
      indexText(message.content, message.createdAt),
      speakerWords(message.name ?? ""),
    );
  }

  /** Most sessions have no names. Looking for the words of a question among them takes a third of the time. */
  #hasNames(): boolean {
    if (this.#table === "facts_fts") return false;
    this.#isNamed ??= this.#db.rows<{ named: number }>(HAS_NAMES)[0]?.named === 1;
    return this.#isNamed;
  }

  delete(seq: number): void {
    this.#db.write(`DELETE FROM ${this.#table} WHERE rowid = ?`, seq);
  }

  /** Sets how many segments FTS5 merges at once; 4 is its default. More make writes faster, and later look-ups slower. */
  mergeEach(segments = 4): void {
    this.#db.write(`INSERT INTO ${this.#table} (${this.#table}, rank) VALUES ('automerge', ${segments})`);
  }

  clear(): void {
    this.#db.write(`INSERT INTO ${this.#table} (${this.#table}) VALUES ('delete-all')`);
  }

  /**
   * Looks up all words at once, in the messages before a `seq` (or in the facts before a number). Uses one statement and
   * returns one row, because each further statement or row costs more than a look-up.
   */
  find(wanted: Wanted[], before: number, limits: Limits): Found[] {
    if (wanted.length === 0) return [];
    const matches = wanted.map(({ term, forms, related }) => ({
      content: matchOf([term]),
      forms: forms.length > 0 ? [matchOf(forms.map(plain))] : [],
      related: related.map((word) => matchOf([plain(word)])),
      name: `name : ${quoted(plain(speakerWords(term.word)))}`,
    }));
    const anyName = `name : (${wanted.map(({ term }) => quoted(plain(speakerWords(term.word)))).join(" OR ")})`;
    const [row] = this.#db.rows<{ found: string }>(
      findIn(this.#table, this.#hasNames() ? SPEAKS : "?6 IS NULL"),
      ...[before, JSON.stringify(matches), limits.word, limits.forms, limits.related, anyName],
    );
    const found: { seqs: number[]; forms: number[][]; related: number[][]; speaks: number }[] = row
      ? JSON.parse(row.found)
      : [];
    return wanted.flatMap((word, at) => {
      const one = found[at];
      return one ? [{ ...one, forms: one.forms.flat(), term: word.term, wanted: word, speaks: one.speaks === 1 }] : [];
    });
  }
}
