/** The vectors of a user's current facts. There is one row for each: facts are few, and a question is compared with all. */

import type { QuestionVector } from "../memory/embeddings";
import type { Evidence } from "../memory/evidence";
import { cosine, pack, strideOf, unit } from "../memory/vectors";
import type { Database } from "../sqlite/database";

/** The number of nearest facts that count as relevant. */
const NEAREST = 16;

interface Text {
  number: number;
  text: string;
}

/** Call the methods that write inside a transaction. */
export class FactVectors {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Returns whether facts have vectors of a model. */
  has(model: string): boolean {
    return this.#db.rows("SELECT 1 FROM fact_vectors WHERE model = ? LIMIT 1", model).length > 0;
  }

  /** Returns the first facts that have no vector of a model. */
  missing(model: string, facts: Text[], most: number): Text[] {
    const query = "SELECT number FROM fact_vectors WHERE model = ?";
    const there = new Set(Array.from(this.#db.tuples<[number]>(query, model), ([number]) => number));
    return facts.filter(({ number }) => !there.has(number)).slice(0, most);
  }

  put(number: number, model: string, vector: number[]): void {
    const data = new Uint8Array(strideOf(vector.length));
    pack(unit(vector), data);
    this.#db.write("INSERT OR REPLACE INTO fact_vectors VALUES (?, ?, ?)", number, model, data.buffer);
  }

  delete(number: number): void {
    this.#db.write("DELETE FROM fact_vectors WHERE number = ?", number);
  }

  clear(): void {
    this.#db.write("DELETE FROM fact_vectors");
  }

  /** Returns the evidence for the facts nearest to a question, on the scale of a word's rarity, as recall gives it. */
  evidenceFor({ model, vector }: QuestionVector): Evidence {
    const query = "SELECT number, data FROM fact_vectors WHERE model = ?";
    const near = [...this.#db.tuples<[number, ArrayBuffer]>(query, model)]
      .filter(([, data]) => data.byteLength === strideOf(vector.length))
      .map(([number, data]) => ({ number, near: cosine(vector, new Uint8Array(data)) }))
      .sort((a, b) => b.near - a.near);
    return new Map(near.slice(0, NEAREST).map(({ number }, at) => [number, Math.log(near.length / (at + 1))]));
  }
}
