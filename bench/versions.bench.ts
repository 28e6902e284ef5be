/**
 * Measures a recall over long messages, and over many short ones: the first one for each question, and a second one,
 * whose messages are in the cache. With `BASE=FOLDER`, compares it with another checkout within one run.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject, it } from "vitest";
import { conversation } from "./conversation";
import { random, sentence } from "./text";

const QUESTIONS = 200;

interface Said {
  role: "user" | "assistant";
  content: string;
  createdAt: number;
}

/** The parts of a checkout that the benchmark runs. */
interface Version {
  Store: new (storage: DurableObjectStorage) => { append(messages: Said[]): unknown; messages: unknown };
  recall(messages: unknown, question: string, limits: { before: number; tokens: number; count: number }): unknown;
}

/** Messages of random words: short questions, and answers of about 500 words; or only short ones. */
function texts(count: number, isLong: boolean): { said: Said[]; asked: string[] } {
  const next = random(42);
  const text = (sentences: number) =>
    Array.from({ length: sentences }, () => `${sentence(next, 8 + Math.floor(next() * 8))}.`).join(" ");
  const said = Array.from(
    { length: count },
    (_, at): Said => ({
      role: at % 2 ? "assistant" : "user",
      content: text(isLong ? (at % 2 ? 45 : 12) : 1),
      createdAt: Date.UTC(2020, 0, 1) + at * 60_000,
    }),
  );
  return { said, asked: Array.from({ length: QUESTIONS }, () => `what about ${sentence(next, 6)}?`) };
}

/** Short messages of two people, who often say the same. */
function talk(count: number): { said: Said[]; asked: string[] } {
  const { said, asked } = conversation(7, count, QUESTIONS);
  return { said, asked: asked.map(({ question }) => question) };
}

/** Questions of one turn: the clock has milliseconds, and versions must meet the same load of the machine. */
const BLOCK = 20;

it("a recall next to another checkout", async () => {
  const versions: Version[] = await Promise.all(inject("versions").map((file) => import(/* @vite-ignore */ file)));
  for (const [name, { said, asked }] of [
    ["1,000 long messages", texts(1_000, true)],
    ["100,000 short messages", texts(100_000, false)],
    ["20,000 messages of a conversation with repetitions", talk(20_000)],
  ] as const) {
    const limits = { before: said.length + 1, tokens: 2_000, count: Number.POSITIVE_INFINITY };
    const sessions: { in: <T>(run: () => T) => Promise<T>; recall: (question: string) => void }[] = [];
    for (const [at, { Store, recall }] of versions.entries()) {
      const stub = env.CHAT_DO.getByName(`${name} ${at}`);
      await runInDurableObject(stub, (_, { storage }) => {
        const store = new Store(storage);
        for (let from = 0; from < said.length; from += 1_000) store.append(said.slice(from, from + 1_000));
        sessions[at] = {
          in: (run) => runInDurableObject(stub, run),
          recall: (question) => recall(store.messages, question, limits),
        };
      });
    }
    for (const round of ["first", "again"]) {
      const times = versions.map(() => 0);
      for (let from = 0; from < asked.length; from += BLOCK) {
        for (const [at, session] of sessions.entries()) {
          await session.in(() => {
            const started = performance.now();
            for (const question of asked.slice(from, from + BLOCK)) session.recall(question);
            times[at] = (times[at] ?? 0) + performance.now() - started;
          });
        }
      }
      const [own = 0, base] = times.map((ms) => ms / asked.length);
      const ratio = base === undefined ? "" : `, ${(own / base).toFixed(2)} times ${base.toFixed(2)} ms`;
      console.info(`${name}, ${round}: ${own.toFixed(2)} ms${ratio}`);
    }
  }
});
