import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { random } from "../../../bench/text";
import { Messages } from "../../../src/do/memory/messages";
import { Database } from "../../../src/do/sqlite/database";
import { StorageError } from "../../../src/turn/storage-error";
import type { NewMessage } from "../../../src/turn/types";
import { freshSession } from "../../support/worker";

const LIMITS = { word: 1_000, forms: 10, related: 10 };
const ALL = Number.MAX_SAFE_INTEGER;

const said = (...contents: string[]): NewMessage[] => contents.map((content) => ({ role: "user", content }));
const times = (count: number, content = "pear") => said(...Array<string>(count).fill(content));

/** The messages of an object, with its index. */
class Indexed {
  readonly #storage: DurableObjectStorage;
  readonly db: Database;
  messages: Messages;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.db = new Database(storage, "session");
    this.messages = new Messages(this.db);
  }

  append(messages: NewMessage[]): void {
    this.db.transaction(() => this.messages.append(messages));
  }

  /** Reads everything anew, as an object that wakes. */
  wake(): void {
    this.messages = new Messages(this.db);
  }

  /** Returns the number of indexed messages. */
  get count(): unknown {
    return this.#storage.sql.exec("SELECT count(*) AS count FROM messages_fts_docsize").one().count;
  }

  /** Returns the messages with a word, newest first. */
  find(word: string, before = ALL): number[] {
    const wanted = { term: { word, prefix: false }, forms: [], related: [] };
    return this.messages.index.find([wanted], before, LIMITS)[0]?.seqs ?? [];
  }

  checkIntegrity(): void {
    this.#storage.sql.exec("INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')");
  }
}

const inObject = (run: (indexed: Indexed) => void) =>
  runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => run(new Indexed(storage)));

describe("the index of messages", () => {
  it("gets messages in groups of 33, or of 2,048 tokens", () =>
    inObject((indexed) => {
      for (let at = 0; at < 32; at += 1) indexed.append(times(1));
      expect(indexed.count).toBe(0);
      indexed.append(times(1));
      expect(indexed.count).toBe(33);
      indexed.append(times(2, "word ".repeat(600)));
      expect(indexed.count).toBe(33);
      indexed.append(times(1, "word ".repeat(1_000)));
      expect(indexed.count).toBe(36);
    }));

  it("gets them before a search for them, and not for a search of earlier ones", () =>
    inObject((indexed) => {
      indexed.append(times(33));
      indexed.append(said("apple", "pear"));
      expect(indexed.find("apple", 34)).toEqual([]);
      expect(indexed.count).toBe(33);
      expect(indexed.find("apple", 35)).toEqual([34]);
      expect(indexed.count).toBe(35);
    }));

  it("gets each one at once for a while after a search that needed the newest one", () =>
    inObject((indexed) => {
      indexed.append(said("apple"));
      expect(indexed.find("apple")).toEqual([1]);
      for (let last = 2; last <= 33; last += 1) {
        indexed.append(said("pear"));
        expect(indexed.count).toBe(last);
      }
      indexed.append(said("pear"));
      expect(indexed.count).toBe(33);
    }));

  it("gets none for a search without words", () =>
    inObject((indexed) => {
      indexed.append(said("apple"));
      expect(indexed.messages.index.find([], ALL, LIMITS)).toEqual([]);
      expect(indexed.count).toBe(0);
    }));

  it.each([1, 3, 40])("leaves the database usable if row %i cannot be written, also in its first append", (row) =>
    inObject((indexed) => {
      const { write } = indexed.db;
      let left = row;
      const full = vi.spyOn(indexed.db, "write").mockImplementation((...args) => {
        if (args[0].startsWith("INSERT INTO messages_fts")) left -= 1;
        if (left === 0) throw new StorageError("database or disk is full");
        return Reflect.apply(write, indexed.db, args);
      });
      expect(() => indexed.append(times(40))).toThrow("full");
      full.mockRestore();
      indexed.append(times(40));
      expect(indexed.find("pear")).toHaveLength(40);
    }),
  );

  it("contains no messages of functions, and gets none twice after the object wakes", () =>
    inObject((indexed) => {
      indexed.append(said("apple", "pear"));
      expect(indexed.find("apple")).toEqual([1]);
      const toolCalls = [{ id: "c", name: "f", arguments: "{}" }];
      indexed.append([
        { role: "assistant", content: "", toolCalls },
        { role: "tool", content: "apple", toolCallId: "c" },
      ]);
      for (let wakes = 0; wakes < 3; wakes += 1) {
        indexed.wake();
        expect(indexed.find("apple")).toEqual([1]);
      }
      indexed.append(said("apple"));
      indexed.wake();
      expect(indexed.find("apple")).toEqual([5, 1]);
      expect(indexed.count).toBe(3);
    }));

  it("is searched as it is if the database is full", () =>
    inObject((indexed) => {
      indexed.append(times(33, "apple"));
      indexed.append(said("pear"));
      const full = vi.spyOn(indexed.db, "write").mockImplementation(() => {
        throw new StorageError("database or disk is full");
      });
      expect([indexed.find("apple").length, indexed.find("pear")]).toEqual([33, []]);
      full.mockRestore();
      expect(indexed.find("pear")).toEqual([34]);
    }));

  it("finds by name only speakers of messages before the given one, whatever is indexed", () =>
    inObject((indexed) => {
      const speaks = (before: number) => {
        const wanted = { term: { word: "ana", prefix: false }, forms: [], related: [] };
        return indexed.messages.index.find([wanted], before, LIMITS)[0]?.speaks;
      };
      indexed.append(times(40));
      indexed.append([{ role: "user", name: "Ana", content: "hello" }]);
      for (let reads = 0; reads < 2; reads += 1) {
        expect(speaks(41)).toBe(false);
        expect(speaks(ALL)).toBe(true);
      }
    }));
});

/** Words that no other one contains, and that have no other forms. */
const WORDS = ["oak", "elm", "ash", "fig", "yew"] as const;
const OPERATIONS = 120;

it.each([1, 2, 3, 4])("the index finds what the messages contain, whatever happened before: seed %i", (seed) =>
  inObject((indexed) => {
    const next = random(seed);
    const upTo = (most: number) => 1 + Math.floor(next() * most);
    const word = () => WORDS[Math.floor(next() * WORDS.length)] ?? WORDS[0];
    const some = () => said(...Array.from({ length: upTo(5) }, () => `${word()} ${word()}`));
    const last = () => indexed.messages.end().last;
    const operations: (() => void)[] = [
      () => indexed.append(some()),
      () => indexed.append(some()),
      () => indexed.append(times(40, word())),
      () => indexed.append([{ role: "tool", content: word(), toolCallId: "c" }]),
      () => indexed.db.transaction(() => indexed.messages.deleteLast(Math.min(last(), upTo(6)))),
      () => {
        const withdrawn = indexed.messages.pick([upTo(last() + 1), last()]);
        indexed.db.transaction(() => indexed.messages.withdrawn.add(withdrawn));
      },
      () => {
        const fails = () => {
          indexed.messages.append(some());
          indexed.find(word());
          throw new Error("full");
        };
        expect(() => indexed.db.transaction(fails)).toThrow("full");
      },
      () => indexed.wake(),
      () => {
        if (next() < 0.2) indexed.db.transaction(() => indexed.messages.clear());
      },
    ];
    for (let at = 0; at < OPERATIONS; at += 1) {
      operations[Math.floor(next() * operations.length)]?.();
      if (next() < 0.5) continue;
      const [wanted, before] = [word(), next() < 0.5 ? ALL : upTo(last() + 1)];
      const expected = indexed.messages
        .upTo(last())
        .filter(({ seq, role, content }) => seq < before && role !== "tool" && content.includes(wanted))
        .map(({ seq }) => seq);
      expect(indexed.find(wanted, before)).toEqual(expected.reverse());
    }
    indexed.checkIntegrity();
  }),
);
