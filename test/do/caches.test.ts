import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Messages } from "../../src/do/memory/messages";
import { VectorRows } from "../../src/do/memory/vector-rows";
import { Database } from "../../src/do/sqlite/database";
import { freshSession } from "../support/worker";

/** Runs something in an object with tables of a session. */
const inObject = (run: (db: Database) => void) =>
  runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => run(new Database(storage, "session")));

const fails = () => {
  throw new Error("database or disk is full");
};

describe("a transaction that fails", () => {
  it("takes what was read of its messages out of memory", () =>
    inObject((db) => {
      const messages = new Messages(db);
      const write = () => {
        messages.append([{ role: "user", name: "Ana", content: "x" }]);
        expect(messages.outline([1])).toHaveLength(1);
        fails();
      };
      expect(() => db.transaction(write)).toThrow("full");
      expect(messages.outline([1])).toEqual([]);
    }));

  it("takes its vectors out of memory, and those before it are found", () =>
    inObject((db) => {
      const vectors = new VectorRows(db);
      const axis = (at: number) => Float32Array.from({ length: 64 }, (_, place) => (place === at ? 1 : -0.01));
      const placed = (from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, at) => ({ seq: from + at, vector: axis((from + at) % 64) }));
      vectors.store("m", 64, placed(1, 70));
      expect(vectors.nearest(axis(3), 100, 2)).toContain(3);
      for (const to of [71, 128, 300]) {
        const write = () => {
          vectors.store("m", 64, placed(71, to));
          fails();
        };
        expect(() => db.transaction(write)).toThrow("full");
        expect(vectors.nearest(axis(3), 1_000, 400).every((seq) => seq <= 70)).toBe(true);
      }
      db.transaction(() => vectors.empty([3]));
      expect(() =>
        db.transaction(() => {
          vectors.clear();
          fails();
        }),
      ).toThrow("full");
      expect(vectors.count("m")).toBe(69);
      vectors.store("m", 64, placed(71, 80));
      expect(vectors.nearest(axis(10), 1_000, 2)).toContain(74);
    }));
});
