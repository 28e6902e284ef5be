/** Exports and imports sessions. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { worker } from "./worker";

const llamory = worker();

export const exported = async (session: string) => {
  const response = await llamory.fetch(`/sessions/${session}/export`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  return new TextDecoder().decode(await response.arrayBuffer());
};

export const imported = (session: string, body: BodyInit, type = "application/x-ndjson", query = "") =>
  llamory.fetch(`/sessions/${session}/import${query}`, { method: "POST", headers: { "content-type": type }, body });

/** Returns the names of a session's tables and indexes, without those that SQLite and the runtime create themselves. */
export const tablesOf = (session: string) =>
  runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) =>
    storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE name NOT LIKE 'messages_fts_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
      )
      .toArray()
      .map(({ name }) => name)
      .sort(),
  );
