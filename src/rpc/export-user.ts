import type { Context } from "hono";
import type { AppEnv } from "../env";
import { factLine, userEndLine, userLine } from "../wire/ndjson";
import { objectName } from "./call-object";
import { callSession } from "./call-session";
import { callUser } from "./call-user";

/** The sessions of a page. Each costs a call; a Worker of the free plan may make 50. */
const PAGE = 40;

/** Yields a page of a user's export: sessions in the order of their ids, and after the last one the facts. */
export async function* exportUser(c: Context<AppEnv>, userId: string, cursor = ""): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const ids = await callUser(c, userId, (stub) => stub.sessionIds(PAGE, cursor));
  const end = { sessions: 0, facts: 0, nextCursor: ids.length === PAGE ? (ids.at(-1) ?? null) : null };
  yield encoder.encode(userLine());
  for (const id of ids) {
    const lines = await callSession(c, id, (stub) => stub.exportOf(objectName(c, userId)));
    if (!lines) continue;
    end.sessions += 1;
    yield* lines;
  }
  let after = 0;
  while (end.nextCursor === null) {
    const facts = await callUser(c, userId, (stub) => stub.exportFacts(after));
    const last = facts.at(-1);
    if (!last) break;
    end.facts += facts.length;
    for (const fact of facts) yield encoder.encode(factLine(fact));
    after = Math.min(...last.versions.map(({ number }) => number));
  }
  yield encoder.encode(userEndLine(end));
}
