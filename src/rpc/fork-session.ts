import type { Context } from "hono";
import type { AppEnv } from "../env";
import { FailureError, orThrow } from "../middleware/respond";
import { unlessForeign } from "../middleware/scope";
import { batchesOf } from "../schema/import-lines";
import { failed } from "../turn/result";
import { objectPrefix } from "./call-object";
import { askRequestOf, callSession } from "./call-session";
import { readerOf } from "./call-user";
import { dropImport, fillImport } from "./fill-import";

interface Wanted {
  before?: number | undefined;
  /** The id of the new session; a new UUID by default. */
  sessionId?: string | undefined;
  userId?: string | undefined;
}

const EMPTY = failed({ reason: "session_empty" });

/** Copies the messages of a session before a number into a new session, completely or not at all. */
export async function forkSession(
  c: Context<AppEnv>,
  from: string,
  { before, sessionId = crypto.randomUUID(), userId }: Wanted,
) {
  const found = await callSession(c, from, (stub) => stub.forkSource(before, readerOf(c)));
  const { user, messages: total, lines, ...settings } = orThrow(unlessForeign(found, EMPTY));
  const owner = user === undefined ? userId : user.slice(objectPrefix(c).length);
  const request = askRequestOf(c, sessionId, owner);
  let id = "";
  try {
    if (total === 0) throw new FailureError({ reason: "session_empty" });
    if (userId !== undefined && userId !== owner) throw new FailureError({ reason: "session_of_another_user" });
    id = orThrow(await callSession(c, sessionId, (stub) => stub.beginImport(request)));
    const title = await fillImport(c, sessionId, id, batchesOf(lines)).catch((error: unknown) => {
      // The lines are Llamory's own: an invalid one means that the first session was emptied or lost.
      const isCut = !(error instanceof FailureError) || error.failure.reason === "invalid_request";
      throw isCut ? new FailureError({ reason: "import_interrupted" }) : error;
    });
    const source = { ...settings, title, isCopy: user !== undefined };
    const finish = callSession(c, sessionId, (stub) => stub.finishImport(id, request, source), { retry: false });
    const { messages } = orThrow(await finish);
    return { sessionId, forkedFrom: { sessionId: from, before: before ?? null }, messages };
  } catch (error) {
    await lines.cancel().catch(() => {});
    if (id !== "") await dropImport(c, sessionId, id);
    throw error;
  }
}
