import type { Context } from "hono";
import type { AppEnv } from "../env";
import { orThrow } from "../middleware/respond";
import { type Batch, badLine } from "../schema/import-lines";
import { callSession, limitsOf } from "./call-session";

/** Adds the lines of an export to an import that has begun. @returns the title of the export */
export async function fillImport(
  c: Context<AppEnv>,
  sessionId: string,
  id: string,
  batches: AsyncIterable<Batch>,
): Promise<string | undefined> {
  let title: string | undefined;
  for await (const { entries, lines: numbers, title: given } of batches) {
    title ??= given;
    if (entries.length === 0) continue;
    const add = callSession(c, sessionId, (stub) => stub.addToImport(id, entries, limitsOf(c)), { retry: false });
    const repeated = orThrow(await add);
    if (repeated !== null)
      throw badLine(numbers[repeated] ?? 0, "there is a turn with this id before it", ["turn", "id"]);
  }
  return title;
}

/** Deletes an import that failed. If this fails too, the object deletes the import when it wakes. */
export const dropImport = (c: Context<AppEnv>, sessionId: string, id: string): Promise<void> =>
  callSession(c, sessionId, (stub) => stub.cancelImport(id)).catch(() => {});
