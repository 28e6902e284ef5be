/** Imports a generated export of ChatGPT with 2,000 conversations and 60,000 messages, twice. */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, inject, it } from "vitest";
import { buildCommand, llamory } from "../e2e/support/command";
import { Workerd } from "../e2e/support/workerd";

const CONVERSATIONS = 2_000;
const MESSAGES = 30;

/** The heap of the command in megabytes: the export alone has more. */
const HEAP_MB = 64;

const TOPICS = ["bees", "bread", "tides", "trees", "chess", "trains", "clay", "stars"];

/** Yields the export in the form of ChatGPT: with a second branch and unused fields. */
function* exported(): Generator<string> {
  for (let at = 0; at < CONVERSATIONS; at += 1) {
    const nodes = Array.from({ length: MESSAGES }, (_, index) => {
      const topic = TOPICS[(at + index) % TOPICS.length];
      const text = `In conversation ${at} this is message ${index}: ${`we talked about ${topic} for a while. `.repeat(12)}`;
      const message = {
        id: `m${index}`,
        author: { role: index % 2 === 0 ? "user" : "assistant", name: null, metadata: {} },
        create_time: 1_600_000_000 + at * 10_000 + index * 60,
        content: { content_type: "text", parts: [text] },
        metadata: { model_slug: "gpt-4o", request_id: "x".repeat(400) },
      };
      const node = {
        id: `m${index}`,
        message,
        parent: index === 0 ? null : `m${index - 1}`,
        children: [`m${index + 1}`],
      };
      return [`m${index}`, node];
    });
    const other = { id: "other", message: null, parent: "m0", children: [] };
    const mapping = { ...Object.fromEntries(nodes), other };
    const conversation = { title: `Talk ${at}`, mapping, current_node: `m${MESSAGES - 1}`, id: `c-${at}` };
    yield `${at === 0 ? "[" : ","}${JSON.stringify(conversation)}`;
  }
  yield "]";
}

it("imports 60,000 messages in bounded memory with progress, and again in a tenth of the time without a change", async () => {
  buildCommand();
  const folder = mkdtempSync(join(tmpdir(), "llamory-import-"));
  await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
  await server.start();
  const run = async () => {
    const started = performance.now();
    const path = join(folder, "conversations.json");
    const ran = await llamory(["import", path, "--user", "ana", "--json"], { url: server.url, heapMb: HEAP_MB });
    return { ...ran, ms: performance.now() - started };
  };
  try {
    await pipeline(Readable.from(exported()), createWriteStream(join(folder, "conversations.json")));
    const first = await run();
    console.log(`first import: ${Math.round(first.ms)} ms`);
    expect(first.err).toMatch(/^[1-9]0 %: [\d,]+ conversations, [\d,]+ messages, [\d,]+\/s, .+ left$/m);
    expect(JSON.parse(first.out)).toMatchObject({
      messages: CONVERSATIONS * MESSAGES,
      conversations: { new: CONVERSATIONS },
    });
    const second = await run();
    console.log(`second import: ${Math.round(second.ms)} ms`);
    expect(JSON.parse(second.out)).toMatchObject({ messages: 0, conversations: { unchanged: CONVERSATIONS } });
    expect(second.ms).toBeLessThan(first.ms / 10);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
