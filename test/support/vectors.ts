/** Creates sessions whose messages have vectors of a real encoder. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, inject } from "vitest";
import { cosine, strideOf, unit } from "../../src/do/memory/vectors";
import { worker } from "./worker";
import "./provided";
import { eventually } from "./eventually";

const DIMENSIONS = 512;
/** Returns a Worker with the real encoder; `way` selects its behaviour. About 30 messages exceed the context. */
export const withEncoder = (way = "", over = {}) =>
  worker({
    EMBEDDING_MODEL: `${inject("encoder")}${way}/v1`,
    EMBEDDING_TIMEOUT_MS: "20000",
    CONTEXT_TOKENS: "1024",
    REPLY_TOKENS: "64",
    ...over,
  });
export const stubOf = (session: string) => env.CHAT_DO.getByName(session);

/** Returns the number of calls that the encoder received at a path. */
export const callsOf = async (id: string) => Number(await (await fetch(`${inject("encoder")}/count/${id}`)).text());

/** Returns the number of texts that the encoder received at a path. */
export const textsOf = async (id: string) => Number(await (await fetch(`${inject("encoder")}/texts/${id}`)).text());

export const chatter = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({
    role: at % 2 ? "assistant" : "user",
    name: at % 2 ? "Bo" : "Ana",
    content: `Chapter ${from + at}: the weather stayed grey and the train was late.`,
    createdAt: new Date(Date.UTC(2023, 0, 1, from + at)).toISOString(),
  }));

/** Like {@link chatter} without dates, for sessions with messages of today. */
export const chatterNow = (count: number, from: number) =>
  chatter(count, from).map(({ createdAt: _, ...message }) => message);

export const append = async (llamory: ReturnType<typeof worker>, session: string, messages: object[]) => {
  for (let at = 0; at < messages.length; at += 1_000) {
    const part = { messages: messages.slice(at, at + 1_000) };
    expect((await llamory.post(`/sessions/${session}/messages`, part)).status).toBe(201);
  }
};

export const infoOf = async (llamory: ReturnType<typeof worker>, session: string) =>
  (await llamory.fetch(`/sessions/${session}`)).json<{ messages: number; vectors?: number }>();

/** Runs alarms until every message has its vector. */
export async function complete(llamory: ReturnType<typeof worker>, session: string): Promise<void> {
  await eventually(async () => {
    await runDurableObjectAlarm(stubOf(session));
    const { messages, vectors } = await infoOf(llamory, session);
    expect(vectors).toBe(messages);
  });
}

/** Returns the lowest similarity between a stored vector and the vector that the encoder makes of its message now. */
export async function likeness(session: string): Promise<number> {
  const said = await runInDurableObject(stubOf(session), (_, { storage }) =>
    storage.sql
      .exec<{ name: string | null; role: string; content: string; created_at: number; status: string | null }>(
        "SELECT name, role, content, created_at, status FROM messages ORDER BY seq",
      )
      .toArray(),
  );
  const stored = await runInDurableObject(stubOf(session), (_, { storage }) =>
    storage.sql
      .exec<{ data: ArrayBuffer }>("SELECT data FROM vectors ORDER BY block")
      .toArray()
      .flatMap(({ data }) =>
        Array.from({ length: data.byteLength / strideOf(DIMENSIONS) }, (_, at) =>
          new Uint8Array(data).slice(at * strideOf(DIMENSIONS), (at + 1) * strideOf(DIMENSIONS)),
        ),
      ),
  );
  expect(stored).toHaveLength(said.length);
  const line = ({ name, role, content }: (typeof said)[number]) => `${name ?? role}: ${content}`;
  const input = said.map((message, at) => {
    const before = said[at - 1];
    const near = before && before.status !== "withdrawn" && message.created_at - before.created_at <= 3_600_000;
    if (message.status === "withdrawn") return "withdrawn";
    return near ? `${line(before)}\n${line(message)}` : line(message);
  });
  const response = await fetch(`${inject("encoder")}/v1/embeddings`, {
    method: "POST",
    body: JSON.stringify({ input }),
  });
  const { data } = await response.json<{ data: { embedding: number[] }[] }>();
  const alike = data.map(({ embedding }, at) => {
    const vector = stored[at] ?? new Uint8Array(0);
    // After its scale, the vector of a withdrawn message is empty.
    const isEmpty = vector.subarray(strideOf(0)).every((byte) => byte === 0);
    return said[at]?.status === "withdrawn" ? Number(isEmpty) : cosine(unit(embedding), vector);
  });
  return Math.min(...alike);
}
