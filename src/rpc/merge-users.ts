import type { Context } from "hono";
import type { AppEnv } from "../env";
import { orThrow } from "../middleware/respond";
import { objectName } from "./call-object";
import { askRequestOf, callSession } from "./call-session";
import { callUser } from "./call-user";

/** The sessions that are read at once, and the most that one request moves. Each costs a call. */
const PAGE = 40;
const MOST = 1_000;

/**
 * Moves the facts of a user, with their versions and sources, and then the sessions to another user. Nothing is learned
 * from them again. A repeated merge continues.
 */
export async function mergeUsers(c: Context<AppEnv>, userId: string, from: string) {
  const merged = { sessions: 0, facts: 0, done: false };
  let offset: number | undefined;
  for (;;) {
    const facts = await callUser(c, from, (stub) => stub.exportFacts(0));
    if (facts.length === 0) break;
    const added = orThrow(await callUser(c, userId, (stub) => stub.importFacts(facts, offset)));
    offset = added.offset;
    merged.facts += added.added;
    orThrow(await callUser(c, from, (stub) => stub.deleteFacts(facts.map(({ id }) => id))));
  }
  for (let last = ""; merged.sessions < MOST && !merged.done; ) {
    const after = last;
    const ids = await callUser(c, from, (stub) => stub.sessionIds(PAGE, after));
    for (const id of ids) {
      const { user } = askRequestOf(c, id, userId);
      const call = user && callSession(c, id, (stub) => stub.move(user, objectName(c, from)));
      if (call && orThrow(await call)) merged.sessions += 1;
      last = id;
    }
    merged.done = ids.length < PAGE;
  }
  return merged;
}
