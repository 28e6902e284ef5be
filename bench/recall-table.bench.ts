/** Prints how much recall finds next to baselines: on a generated conversation, and on those of files. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject, it } from "vitest";
import type { ChatDO } from "../src/do/chat";
import { askRequest } from "../test/support/ask-request";
import { Bm25, fused, type Quoted } from "./baselines";
import { contentWords, fromFile, generated, type ScoredConversation, type ScoredMessage } from "./scored-conversation";

const BUDGETS = [500, 1_000, 2_000];
/** The tokens of one recall. Its quotations fill each budget, best first. */
const REQUESTED = 4_000;
/** A real encoder of `bench:recall -- --meaning`. */
const model = env.EMBEDDING_MODEL ?? "";
const embedding = model === "" ? undefined : { model, timeoutMs: 60_000, gateway: "" };
const METHODS = ["BM25", "BM25 in parts", "rank fusion", "words", ...(embedding ? ["words and meaning"] : [])];
const BATCH = 200;
/** An encoder may take an hour for large files. */
const TIMEOUT_MS = 3_600_000;

/** Estimates tokens in the same way for all methods. */
function tokensOf({ content, name = "" }: Pick<ScoredMessage, "content" | "name">): number {
  const unspaced = content.match(/[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]/g)?.length ?? 0;
  return (content.length - unspaced) / 4 + unspaced * 1.35 + name.length / 4 + 4;
}

interface Shares {
  evidence: number[];
  words: number[];
}

/** Fills each budget with quotations, best first, and scores them. */
function score(
  { messages }: ScoredConversation,
  { evidence, words, any }: ScoredConversation["questions"][number],
  quoted: Quoted[],
  shares: Shares[],
): void {
  for (const [at, budget] of BUDGETS.entries()) {
    let left = budget;
    const chosen = quoted.filter((one) => {
      const cost = tokensOf({ content: one.content, name: messages[one.at]?.name });
      if (cost > left) return false;
      left -= cost;
      return true;
    });
    const found = new Set(chosen.map((one) => one.at));
    const share = evidence.filter((one) => found.has(one)).length / evidence.length;
    shares[at]?.evidence.push(any ? Math.ceil(share) : share);
    if (words.length === 0) continue;
    const dates = chosen.map((one) =>
      new Date(messages[one.at]?.createdAt ?? 0).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" }),
    );
    const said = contentWords([...dates, ...chosen.map(({ content }) => content)].join(" "));
    shares[at]?.words.push(words.filter((word) => said.has(word)).length / words.length);
  }
}

const asking = (question: string, vectors: typeof embedding) => askRequest("table", question, { embedding: vectors });

/** Waits until all messages of a session have vectors. */
async function allVectors(session: DurableObjectStub<ChatDO>, messages: number): Promise<void> {
  for (;;) {
    using info = await session.info(model);
    if (!info.ok || info.value.vectors >= messages) return;
    await scheduler.wait(500);
  }
}

/** Scores all methods on a conversation, whose questions are asked where they were. */
async function compare(name: string, scored: ScoredConversation, shares: Map<string, Shares[]>): Promise<void> {
  const { messages } = scored;
  const baselines = env.CHAT_DO.getByName(`baselines-${name}`);
  const questions = scored.questions.toSorted((a, b) => a.after - b.after);
  await runInDurableObject(baselines, async (_, { storage }) => {
    // A stub belongs to the object that made it.
    const session = env.CHAT_DO.getByName(`table-${name}`);
    const whole = new Bm25(storage.sql, { parts: false });
    const parts = new Bm25(storage.sql, { parts: true });
    let loaded = 0;
    for (const asked of questions) {
      while (loaded < asked.after) {
        const batch = messages.slice(loaded, Math.min(asked.after, loaded + BATCH));
        await session.append(batch, asking("", embedding));
        for (const [at, message] of batch.entries()) {
          whole.add(loaded + at, message);
          parts.add(loaded + at, message);
        }
        loaded += batch.length;
      }
      const recalled = async (vectors: typeof embedding): Promise<Quoted[]> => {
        const limits = { recallTokens: REQUESTED, windowTokens: 0 };
        using preview = await session.context(asking(asked.question, vectors), limits);
        if (!preview.ok) throw new Error(preview.failure.reason);
        return preview.value.context.recalled.map(({ seq, content }) => ({ at: seq - 1, content }));
      };
      const [byWhole, byParts] = [whole.rank(asked.question), parts.rank(asked.question)];
      const rankings: Record<string, Quoted[]> = {
        BM25: byWhole,
        "BM25 in parts": byParts,
        "rank fusion": fused([byWhole, byParts]),
        words: await recalled(undefined),
      };
      if (embedding) {
        await allVectors(session, loaded);
        rankings["words and meaning"] = await recalled(embedding);
      }
      for (const method of METHODS) score(scored, asked, rankings[method] ?? [], shares.get(method) ?? []);
    }
  });
}

const mean = (list: number[]) =>
  list.length === 0 ? "   –" : ((100 * list.reduce((sum, one) => sum + one, 0)) / list.length).toFixed(1).padStart(5);

it(
  "evidence in 500, 1,000 and 2,000 tokens, and the answers' words, next to baselines",
  async () => {
    const sets: [name: string, conversations: ScoredConversation[]][] = [
      ["generated", [generated(3_000, 150)]],
      ...inject("scored").map(({ name, conversations }): [string, ScoredConversation[]] => [
        name,
        conversations.map(fromFile),
      ]),
    ];
    for (const [name, conversations] of sets) {
      const shares = new Map<string, Shares[]>(
        METHODS.map((method) => [method, BUDGETS.map(() => ({ evidence: [], words: [] }))]),
      );
      for (const [at, scored] of conversations.entries()) await compare(`${name}-${at}`, scored, shares);
      const count = shares.get("words")?.[0]?.evidence.length ?? 0;
      console.info(
        `\n${name}, ${count} questions: % of the evidence in 500 / 1,000 / 2,000 tokens, % of the words in 1,000`,
      );
      for (const [method, list] of shares) {
        const cells = list.map(({ evidence }) => mean(evidence)).join(" / ");
        console.info(`${method.padEnd(17)} ${cells}   ${mean(list[1]?.words ?? [])}`);
      }
    }
  },
  TIMEOUT_MS,
);
