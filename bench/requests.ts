/** Requests of benchmarks. */
import { post } from "../test/e2e/support/http";
import type { Workerd } from "../test/e2e/support/workerd";
import { sentence } from "./text";

const send = async (url: string, body: object) => {
  const response = await post(url, body);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
};

export const ask = (server: Workerd, sessionId: string, question: string) =>
  send(`${server.url}/ask`, { sessionId, question });

/** Appends short messages of 2024, one per minute. */
export async function appendMessages(server: Workerd, sessionId: string, count: number, next: () => number) {
  for (let at = 0; at < count; at += 1_000) {
    const messages = Array.from({ length: Math.min(1_000, count - at) }, (_, index) => ({
      role: index % 2 ? "assistant" : "user",
      content: sentence(next, 10 + (index % 20)),
      createdAt: new Date(Date.UTC(2024, 0, 1) + (at + index) * 60_000).toISOString(),
    }));
    await send(`${server.url}/sessions/${sessionId}/messages`, { messages });
  }
}
