import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { random } from "../../../bench/text";
import { VectorRows } from "../../../src/do/memory/vector-rows";
import { Database } from "../../../src/do/sqlite/database";
import { freshSession } from "../../support/worker";

const DIMENSIONS = 96;
const MODEL = "m";

/** Returns a vector of its own for each `seq` below 3 * DIMENSIONS. */
const vectorOf = (seq: number) =>
  Float32Array.from({ length: DIMENSIONS }, (_, at) =>
    at === seq % DIMENSIONS ? 1 : at === (seq * 7) % DIMENSIONS ? 0.3 : -0.01,
  );
const placed = (seqs: number[]) => seqs.map((seq) => ({ seq, vector: vectorOf(seq) }));
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

const inObject = (run: (vectors: VectorRows, db: Database) => void) =>
  runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => {
    const db = new Database(storage, "session");
    run(new VectorRows(db), db);
  });

const rowsOf = (db: Database) =>
  ["vectors", "signs", "stale_vectors"].map((table) => db.rows(`SELECT * FROM ${table}`).length);

/** Returns the `seq` of all messages with a vector, in memory and after a restart of the object. */
function found(vectors: VectorRows, db: Database): number[] {
  const seqsIn = (rows: VectorRows) => {
    const nearest = rows.nearest(vectorOf(1), 10_000, 10_000);
    return nearest.map(({ seq }) => seq).sort((a, b) => a - b);
  };
  const seqs = seqsIn(vectors);
  expect(seqsIn(new VectorRows(db))).toEqual(seqs);
  return seqs;
}

describe("the vectors of deleted messages", () => {
  it("take no room and are near to no question", () =>
    inObject((vectors, db) => {
      vectors.store(MODEL, DIMENSIONS, placed(range(1, 300)));
      expect(rowsOf(db)).toEqual([5, 4, 0]);
      db.transaction(() => vectors.erase(60, 200, 300));
      expect(rowsOf(db)).toEqual([3, 2, 0]);
      expect(found(vectors, db)).toEqual([...range(1, 59), ...range(201, 300)]);
      // Without the others, no message is left in the first row.
      for (const seq of range(1, 59)) db.transaction(() => vectors.erase(seq, seq, 300));
      expect(rowsOf(db)).toEqual([2, 1, 0]);
      expect(found(vectors, db)).toEqual(range(201, 300));
      expect(vectors.wanted(MODEL, 302, 10)).toEqual([301, 302]);
      db.transaction(() => vectors.erase(201, 300, 0));
      expect(rowsOf(db)).toEqual([0, 0, 0]);
      expect([vectors.count(MODEL), vectors.wanted(MODEL, 2, 10)]).toEqual([0, [1, 2]]);
    }));

  it("leave their places to later messages", () =>
    inObject((vectors, db) => {
      vectors.store(MODEL, DIMENSIONS, placed(range(1, 200)));
      db.transaction(() => {
        vectors.empty([40, 90]);
        vectors.erase(81, 200, 80);
      });
      expect(found(vectors, db)).toEqual(range(1, 80).filter((seq) => seq !== 40));
      expect(vectors.wanted(MODEL, 83, 10)).toEqual([40, 81, 82, 83]);
      expect(vectors.count(MODEL)).toBe(79);
    }));

  it("are not skipped by vectors that were made before the deletion and come after it", () =>
    inObject((vectors, db) => {
      vectors.store(MODEL, DIMENSIONS, placed(range(1, 100)));
      db.transaction(() => vectors.erase(51, 100, 50));
      vectors.store(MODEL, DIMENSIONS, placed(range(101, 120)));
      expect(vectors.wanted(MODEL, 52, 10)).toEqual([51, 52]);
    }));

  it("stay deleted, and all others stay, in any order of changes", () =>
    inObject((vectors, db) => {
      for (const seed of [1, 2, 3]) {
        const next = random(seed);
        const upTo = (most: number) => 1 + Math.floor(next() * most);
        db.transaction(() => vectors.clear());
        // The messages that exist, and those that have a vector.
        let messages: number[] = [];
        const live = new Set<number>();
        for (let step = 0; step < 120; step += 1) {
          const end = messages.at(-1) ?? 0;
          if (next() < 0.4) messages = [...messages, ...range(end + upTo(3), end + 3 + upTo(40))];
          if (next() < 0.5) {
            const seqs = vectors.wanted(MODEL, messages.at(-1) ?? 0, upTo(100));
            const isMessage = new Set(messages);
            const empty = new Float32Array(DIMENSIONS);
            const made = seqs.map((seq) => ({ seq, vector: isMessage.has(seq) ? vectorOf(seq) : empty }));
            if (made.length > 0) vectors.store(MODEL, DIMENSIONS, made);
            for (const seq of seqs) if (isMessage.has(seq)) live.add(seq);
          }
          if (next() < 0.4) {
            const first = upTo(Math.max(1, messages.at(-1) ?? 0));
            const last = first + (next() < 0.5 ? 0 : upTo(150));
            messages = messages.filter((seq) => seq < first || seq > last);
            db.transaction(() => vectors.erase(first, last, messages.at(-1) ?? 0));
            for (const seq of range(first, last)) live.delete(seq);
          }
          if (next() < 0.2) {
            const seq = upTo(Math.max(1, messages.at(-1) ?? 0));
            if (messages.includes(seq)) db.transaction(() => vectors.empty([seq]));
            live.delete(seq);
          }
          expect([step, found(vectors, db)]).toEqual([step, [...live].sort((a, b) => a - b)]);
        }
        const blocks = new Set([...live].map((seq) => Math.floor((seq - 1) / 64)));
        expect(rowsOf(db)[0]).toBeLessThanOrEqual(blocks.size + 2);
        for (let most = 100; most > 0 && vectors.wanted(MODEL, messages.at(-1) ?? 0, 1).length > 0; most -= 1)
          vectors.store(MODEL, DIMENSIONS, placed(vectors.wanted(MODEL, messages.at(-1) ?? 0, 100)));
        expect(found(vectors, db)).toEqual(expect.arrayContaining(messages));
      }
    }));
});
