import { expect, inject, it } from "vitest";
import { conversation } from "../../bench/conversation";
import { post } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";
import { startEncoder } from "../support/encoder.mjs";

/** The encoder takes 10 ms per message. Set `MESSAGES=20000` for a long backlog. */
const MESSAGES = Number(process.env.MESSAGES ?? 3_000);
const KILLS = 3;

/** Returns messages two hours apart, so each vector depends on its own message only. */
function messages(count: number) {
  return conversation(5, count, 10).said.map(({ role, content }, at) => ({
    role,
    content,
    createdAt: new Date(Date.UTC(2020, 0, 1, 2 * at)).toISOString(),
  }));
}

it("SIGKILL in the middle of a backlog of vectors: all are made afterwards, and belong to their messages", async () => {
  const encoder = await startEncoder();
  const server = new Workerd({
    bundle: inject("bundle"),
    ai: { entrypoint: "OpenAIModel" },
    settings: {
      OPENAI_BASE_URL: `${encoder.url}/v1`,
      EMBEDDING_MODEL: "use",
      EMBEDDING_TIMEOUT_MS: "20000",
      CONTEXT_TOKENS: "2048",
    },
  });
  try {
    await server.start();
    const said = messages(MESSAGES);
    for (let at = 0; at < MESSAGES; at += 1_000) {
      await post(`${server.url}/sessions/s/messages`, { messages: said.slice(at, at + 1_000) });
    }
    const vectors = async () =>
      ((await (await fetch(`${server.url}/sessions/s`)).json()) as { vectors: number }).vectors;
    const until = (count: number) =>
      expect.poll(vectors, { timeout: 300_000, interval: 200 }).toBeGreaterThanOrEqual(count);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await until((kill * MESSAGES) / (2 * KILLS));
      await server.kill();
      await server.start();
    }
    await until(MESSAGES);
    expect(await vectors()).toBe(MESSAGES);
    // Messages of the recent window are not recalled.
    for (let at = 7; at < MESSAGES - 200; at += 131) {
      // The same text as the one that the vector was made from.
      const question = `${said[at]?.role}: ${said[at]?.content}`;
      const response = await post(`${server.url}/sessions/s/context`, { question });
      const { memory } = (await response.json()) as { memory: { recalled: { content: string; meaning: number }[] } };
      // Other messages are nearly equal, and neighbours raise their scores.
      const nearest = memory.recalled.toSorted((a, b) => b.meaning - a.meaning).slice(0, 5);
      expect(nearest.map(({ content }) => content)).toContain(said[at]?.content);
    }
  } finally {
    await server[Symbol.asyncDispose]();
    encoder.stop();
  }
});
