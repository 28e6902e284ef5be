import type { Context } from "hono";
import type { AppEnv } from "../env";
import { orThrow } from "../middleware/respond";
import { objectName } from "./call-object";
import { callSession, embeddingOf, sessionUserOf } from "./call-session";
import { callUser } from "./call-user";

/** The most sessions that one request moves. Each costs a call; a Worker of the free plan may make 50. */
const MOST = 40;

/**
 * Moves sessions of a user to another user, and after the last one the facts, with their versions and sources. Nothing is
 * learned from them again. A repeated merge continues.
 */
export async function mergeUsers(c: Context<AppEnv>, userId: string, from: string) {
  const ids = await callUser(c, from, (stub) => stub.sessionIds(MOST));
  let sessions = 0;
  for (const id of ids) {
    const user = sessionUserOf(c, id, userId);
    if (orThrow(await callSession(c, id, (stub) => stub.move(user, objectName(c, from))))) sessions += 1;
  }
  const { added, done } = orThrow(
    await callUser(c, from, (stub) => stub.moveFacts(objectName(c, userId), embeddingOf(c))),
  );
  // Listed sessions that cannot move have not stored anything yet.
  return { sessions, facts: added, done: done && (ids.length < MOST || sessions === 0) };
}
