import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/do/memory/explain";
import { Messages } from "../../../src/do/memory/messages";
import { type Beyond, type RecallLimits, recall } from "../../../src/do/memory/ranking";
import { Database } from "../../../src/do/sqlite/database";
import type { NewMessage } from "../../../src/turn/types";
import { freshSession } from "../../support/worker";

const DAY = 86_400_000;
const START = Date.UTC(2022, 0, 1);
const said = (content: string, day: number, name?: string): NewMessage => ({
  role: "user",
  content,
  ...(name !== undefined && { name }),
  createdAt: START + day * DAY,
});

/** Recalls messages, and explains some. */
function explained(messages: Messages, question: string, seqs: number[], limits: RecallLimits, beyond: Beyond = {}) {
  return explain(messages, question, seqs, recall(messages, question, limits, beyond).recalled, limits, beyond);
}

/** Runs a function on the messages of a new session. */
const withMessages = <T>(said: NewMessage[], run: (messages: Messages, db: Database) => T): Promise<T> =>
  runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => {
    const db = new Database(storage, "session");
    const messages = new Messages(db);
    db.transaction(() => messages.append(said));
    return run(messages, db);
  });

const TALK = Array.from({ length: 30 }, (_, at) => said(`Chapter ${at}: grey weather.`, 100 + at, "Bo"));

describe("an explanation", () => {
  const lines = [
    said("The hives stand under a lime tree.", 0, "Ana"),
    said("Nobody knows how old it is.", 0, "Bo"),
    said("I saw a hive in Rome.", 50, "Bo"),
    ...TALK,
  ];
  const limits = { before: 100, tokens: 25, count: 10 };

  it("has the rank, and parts that add up to the score", async () => {
    const all = await withMessages(lines, (messages) =>
      explained(messages, "Which tree do Ana's hives stand under since 2022-01-01?", [1, 2, 3, 4], limits, {
        nearest: [3, 1].map((seq) => ({ seq, cosine: 0.5 })),
      }),
    );
    expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const [first, second, third] = all;
    expect(first).toMatchObject({ rank: 1, recalled: true, missedBy: 0 });
    for (const one of all) {
      expect(one.words + one.neighbours + one.date + one.meaning + one.speaker).toBeCloseTo(one.score, 1);
    }
    expect(first?.words).toBeGreaterThan(0);
    expect(first?.speaker).toBeGreaterThan(0);
    expect(first?.date).toBeGreaterThan(0);
    expect(second?.neighbours).toBeGreaterThan(0);
    expect(second?.words).toBe(0);
    expect(third?.meaning).toBeGreaterThan(0);
  });

  it("has the tokens that were missing for a message to be recalled", async () => {
    const question = "Where is a hive?";
    const { one, wider } = await withMessages(lines, (messages) => {
      const all = explained(messages, question, [1, 2, 3], limits);
      const missed = all.find(({ missedBy }) => missedBy !== null && missedBy > 0);
      const tokens = limits.tokens + (missed?.missedBy ?? 0);
      return { one: missed, wider: recall(messages, question, { ...limits, tokens }).recalled.map(({ seq }) => seq) };
    });
    expect(one).toMatchObject({ recalled: false });
    expect(wider).toContain(one?.seq);
  });

  it("says of a message that has nothing to do with the question that it is no candidate", async () => {
    const [one] = await withMessages(lines, (messages) => explained(messages, "hives", [20], limits));
    expect(one).toMatchObject({ seq: 20, rank: null, recalled: false, missedBy: null, score: 0 });
  });
});
