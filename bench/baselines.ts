/** Baselines of recall: FTS5's BM25 over whole messages, over their parts, and the fusion of both. */
import { paired, type ScoredMessage, wordsOf } from "./scored-conversation";

/** A quotation: the index of its message, and its text. */
export interface Quoted {
  at: number;
  content: string;
}

/** The most tokens of a part, at four characters a token. */
const PART_CHARACTERS = 600;
/** The most results of a ranking. */
const MOST = 400;
/** The constant of reciprocal rank fusion (Cormack et al., 2009). */
const FUSION_K = 60;

/** Cuts a text at the ends of sentences and lines into parts. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (const piece of text.match(/[^\n.!?。！？]*(?:[\n.!?。！？]+\s*|$)/g)?.filter(Boolean) ?? []) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + piece.length <= PART_CHARACTERS) parts[parts.length - 1] = last + piece;
    else for (let at = 0; at < piece.length; at += PART_CHARACTERS) parts.push(piece.slice(at, at + PART_CHARACTERS));
  }
  return parts;
}

const dayOf = (time: number) => new Date(time).toLocaleDateString("en-US", { dateStyle: "full", timeZone: "UTC" });

/** Ranks quotations by BM25: an OR of the question's words, with porter stemming, the date and the speaker. */
export class Bm25 {
  readonly #sql: SqlStorage;
  readonly #table: string;
  readonly #quoted: Quoted[] = [];
  readonly #isPart: boolean;

  constructor(sql: SqlStorage, { parts }: { parts: boolean }) {
    this.#sql = sql;
    this.#isPart = parts;
    this.#table = parts ? "parts" : "wholes";
    sql.exec(`CREATE VIRTUAL TABLE ${this.#table} USING fts5(t, tokenize = 'porter unicode61')`);
  }

  add(at: number, { name, content, createdAt }: ScoredMessage): void {
    for (const text of this.#isPart ? partsOf(content) : [content]) {
      this.#quoted.push({ at, content: text });
      const line = paired(`${dayOf(createdAt)} ${name ?? ""}: ${text}`);
      this.#sql.exec(`INSERT INTO ${this.#table} (rowid, t) VALUES (?, ?)`, this.#quoted.length, line);
    }
  }

  /** Returns the best quotations, best first. */
  rank(question: string): Quoted[] {
    const words = [...new Set(wordsOf(question))].map((word) => `"${word}"`);
    if (words.length === 0) return [];
    const query = `SELECT rowid AS id FROM ${this.#table} WHERE ${this.#table} MATCH ? ORDER BY bm25(${this.#table}), rowid DESC LIMIT ${MOST}`;
    const rows = this.#sql.exec<{ id: number }>(query, words.join(" OR ")).toArray();
    return rows.flatMap(({ id }) => this.#quoted[id - 1] ?? []);
  }
}

/** Fuses rankings by their reciprocal ranks. Quotes each message as the last ranking that has it does. */
export function fused(rankings: Quoted[][]): Quoted[] {
  const scores = new Map<number, { score: number; quoted: Quoted }>();
  for (const ranking of rankings) {
    const places = new Set<number>();
    for (const quoted of ranking) {
      if (places.has(quoted.at)) continue;
      places.add(quoted.at);
      const score = (scores.get(quoted.at)?.score ?? 0) + 1 / (FUSION_K + places.size);
      scores.set(quoted.at, { score, quoted });
    }
  }
  return [...scores.values()].sort((a, b) => b.score - a.score).map(({ quoted }) => quoted);
}
