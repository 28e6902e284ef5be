/** Creates sessions with messages, and searches them. */
import { expect } from "vitest";
import { freshSession, worker } from "./worker";

const llamory = worker();

export interface Found {
  seq: number;
  score: number;
  content: string;
  name?: string;
  from?: number;
  to?: number;
}

export async function sessionWith(messages: object[]): Promise<string> {
  const session = freshSession();
  for (let at = 0; at < messages.length; at += 1_000) {
    const response = await llamory.post(`/sessions/${session}/messages`, { messages: messages.slice(at, at + 1_000) });
    expect(response.status).toBe(201);
  }
  return session;
}

/** Searches by GET and by POST, and checks that both find the same. */
export async function search(session: string, q: string, limit = 3): Promise<Found[]> {
  const path = `/sessions/${session}/search`;
  const got = await llamory.fetch(`${path}?${new URLSearchParams({ q, limit: String(limit) })}`);
  const posted = await llamory.post(path, { q, limit });
  expect([got.status, posted.status]).toEqual([200, 200]);
  const { data } = await got.json<{ data: Found[] }>();
  expect((await posted.json<{ data: Found[] }>()).data).toEqual(data);
  return data;
}

/** Returns small talk that contains no test's words, one message per hour. */
export const smallTalk = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    role: at % 2 ? "assistant" : "user",
    content: `Chapter ${at}: the weather stayed grey and nobody minded.`,
    createdAt: new Date(Date.UTC(2023, 0, 1, at)).toISOString(),
  }));

/** Returns small talk with a message in its middle. */
export const hidden = (message: object) => [
  ...smallTalk(60),
  { role: "user", createdAt: "2023-03-01T00:00:00Z", ...message },
  ...smallTalk(60),
];
