import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { Messages } from "../../src/do/memory/messages";
import { VectorRows } from "../../src/do/memory/vector-rows";
import { Database } from "../../src/do/sqlite/database";
import { metaOf, setMeta } from "../../src/do/sqlite/meta";
import { Schedule } from "../../src/do/sqlite/schedule";
import { freshSession } from "../support/worker";

/** Runs a function in an object with tables of a session. */
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
        expect(messages.upTo(1)).toHaveLength(1);
        expect(messages.end().last).toBe(1);
        fails();
      };
      expect(() => db.transaction(write)).toThrow("full");
      expect(messages.outline([1])).toEqual([]);
      expect(messages.upTo(1)).toEqual([]);
      expect(messages.end()).toEqual({ last: 0, tokens: 0 });
    }));

  it("takes its single values and its tasks out of memory", () =>
    runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => {
      const db = new Database(storage, "session");
      const schedule = new Schedule<"list" | "embed">(storage, db);
      const state = () => [metaOf(db, "title"), schedule.noted("list"), schedule.has("list"), schedule.has("embed")];
      const change = (title: string) => {
        setMeta(db, "title", title);
        schedule.note("list", null, { title });
        schedule.plan("embed", Date.now() + 60_000);
        expect(state()).toEqual([title, { title }, false, true]);
      };
      const failing = () => {
        change("lost");
        fails();
      };
      const nothing = [undefined, undefined, false, false];
      expect(state()).toEqual(nothing);
      expect(() => db.transaction(failing)).toThrow("full");
      expect(state()).toEqual(nothing);
      db.transaction(() => change("kept"));
      expect(() => db.transaction(failing)).toThrow("full");
      expect(state()).toEqual(["kept", { title: "kept" }, false, true]);
      db.transaction(() => {
        setMeta(db, "title", undefined);
        schedule.keep("list", { title: "new" });
        schedule.drop("embed");
      });
      expect(state()).toEqual([undefined, { title: "new" }, false, false]);
    }));

  it("takes names of speakers out of memory", () =>
    inObject((db) => {
      const messages = new Messages(db);
      const speaks = (word: string) => {
        const wanted = [{ term: { word, prefix: false }, forms: [], related: [] }];
        return messages.index.find(wanted, 100, { word: 10, forms: 10, related: 10 }).map((found) => found.speaks);
      };
      const append = (name?: string) =>
        messages.append([{ role: "user", name, content: "I met Ben and the speaker." }]);
      db.transaction(() => append());
      expect([speaks("ben"), speaks("ana")]).toEqual([[false], [false]]);
      const failing = () => {
        append("Ben");
        expect([speaks("ben"), speaks("ana")]).toEqual([[true], [false]]);
        fails();
      };
      expect(() => db.transaction(failing)).toThrow("full");
      expect([speaks("ben"), speaks("ana")]).toEqual([[false], [false]]);
      db.transaction(() => append("Ana Ben"));
      expect([speaks("ben"), speaks("ana"), speaks("speaker")]).toEqual([[true], [true], [false]]);
      db.transaction(() => messages.clear());
      expect(speaks("ben")).toEqual([false]);
    }));

  it("takes its vectors out of memory, and those before it are found", () =>
    inObject((db) => {
      const vectors = new VectorRows(db);
      const axis = (at: number) => Float32Array.from({ length: 64 }, (_, place) => (place === at ? 1 : -0.01));
      const nearest = (at: number, before: number, most: number) =>
        vectors.nearest(axis(at), before, most).map(({ seq }) => seq);
      const placed = (from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, at) => ({ seq: from + at, vector: axis((from + at) % 64) }));
      vectors.store("m", 64, placed(1, 70));
      expect(nearest(3, 100, 2)).toContain(3);
      for (const to of [71, 128, 300]) {
        const write = () => {
          vectors.store("m", 64, placed(71, to));
          fails();
        };
        expect(() => db.transaction(write)).toThrow("full");
        expect(nearest(3, 1_000, 400).every((seq) => seq <= 70)).toBe(true);
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
      expect(nearest(10, 1_000, 2)).toContain(74);
    }));
});

describe("the cache of a session's messages", () => {
  const said = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({ role: "user" as const, name: "Ana", content: `number ${from + at}` }));

  it("has what the storage has after every kind of change", () =>
    inObject((db) => {
      const messages = new Messages(db);
      const seqs = Array.from({ length: 20 }, (_, at) => at + 1);
      const changes: [what: string, change: () => unknown][] = [
        ["append", () => messages.append(said(1, 12))],
        ["withdraw", () => messages.withdrawn.add(messages.pick([3, 4]))],
        ["hide", () => messages.withdrawn.hide(messages.pick([5]))],
        ["show", () => messages.withdrawn.show([{ seq: 5, role: "user", status: "complete" }])],
        ["delete", () => messages.delete(7, 8)],
        ["delete the last", () => messages.deleteLast(2)],
        ["append again", () => messages.append(said(20, 4))],
        ["clear", () => messages.clear()],
        ["append anew", () => messages.append(said(40, 4))],
      ];
      for (const [what, change] of changes) {
        db.transaction(change);
        // Reads twice: the first read fills the cache for the next change.
        for (let reads = 0; reads < 2; reads += 1) {
          expect([what, messages.outline(seqs)]).toEqual([what, new Messages(db).outline(seqs)]);
          expect([what, messages.end(), messages.tokens]).toEqual([
            what,
            new Messages(db).end(),
            new Messages(db).tokens,
          ]);
          for (const last of [20, 10, 6])
            expect([what, messages.upTo(last)]).toEqual([what, new Messages(db).upTo(last)]);
        }
      }
      expect(messages.outline(seqs)).toHaveLength(4);
    }));

  it("has the end of a transcript in order, also after a read that stopped early, and with long messages", () =>
    inObject((db) => {
      const messages = new Messages(db);
      const seqsOf = (read: Iterable<{ seq: number }>) => Array.from(read, ({ seq }) => seq);
      const downTo = (last: number, first: number) => Array.from({ length: last - first + 1 }, (_, at) => last - at);
      let last = 0;
      // The cache keeps fewer than 60,000 characters, and adds fewer than 300 messages at once.
      for (const lengths of [
        Array(30).fill(10),
        [10],
        [60_000, 10, 10],
        [10, 60_000],
        Array(300).fill(200),
        [30_000, 30_000],
      ]) {
        db.transaction(() => messages.append(lengths.map((length) => ({ role: "user", content: "x".repeat(length) }))));
        last += lengths.length;
        for (const count of [3, 10, 1, last]) {
          expect(seqsOf(messages.backwards(last).take(count))).toEqual(downTo(last, last - count + 1));
        }
        expect(seqsOf(messages.backwards(last - 2))).toEqual(downTo(last - 2, 1));
        expect(seqsOf(messages.upTo(last))).toEqual(downTo(last, 1).reverse());
      }
    }));

  it("reads no more of the end of a transcript than a reader wants, and nothing twice", () =>
    inObject((db) => {
      const messages = new Messages(db);
      const append = (count: number) => db.transaction(() => messages.append(said(1, count)));
      const tuples = vi.spyOn(db, "tuples");
      const queries = (take: number) => {
        tuples.mockClear();
        const { last } = messages.end();
        expect([...messages.backwards(last).take(take)]).toHaveLength(take);
        return tuples.mock.calls.length;
      };
      append(20);
      expect(queries(3)).toBe(1);
      expect(queries(3)).toBe(0);
      append(2);
      expect(queries(5)).toBe(0);
      expect(queries(22)).toBe(1);
      expect(queries(22)).toBe(0);
    }));

  it("drops the oldest messages if appended ones are long", () =>
    inObject((db) => {
      const messages = new Messages(db);
      const append = (length: number) =>
        db.transaction(() => messages.append([{ role: "user", content: "x".repeat(length) }]));
      const tuples = vi.spyOn(db, "tuples");
      const queries = () => {
        tuples.mockClear();
        expect(messages.upTo(messages.end().last).map(({ content }) => content.length)).toEqual(lengths);
        return tuples.mock.calls.length;
      };
      const lengths = [10_000, 20_000];
      for (const length of lengths) append(length);
      expect(queries()).toBe(1);
      for (const [length, reads] of [
        [15_000, 0],
        [9_000, 1],
        [60_000, 1],
        [10, 1],
      ] as const) {
        lengths.push(length);
        append(length);
        expect([length, queries()]).toEqual([length, reads]);
      }
    }));

  it("does not know a withdrawn message by its former length and words", () =>
    inObject((db) => {
      const messages = new Messages(db);
      db.transaction(() => messages.append(said(1, 3)));
      expect(messages.outline([2])).toMatchObject([{ tokens: expect.any(Number) }]);
      db.transaction(() => messages.withdrawn.add(messages.pick([2])));
      expect(messages.outline([2])).toMatchObject([{ tokens: 0, traits: 0 }]);
    }));
});
