/** The last step of a merge: facts follow the sessions that taught them. */
import { log } from "../../log";
import { withTimeout } from "../../timeout";
import { failed, ok, type Result } from "../../turn/result";
import type { ExportedFact } from "../../turn/user-memory";
import type { EncoderOptions } from "../memory/encoder-plan";
import { exportFacts, type ImportedFacts } from "./fact-transfer";
import type { UserStore } from "./user-store";

/** Milliseconds of a call, and the most parts of the facts in one step: the object serves nothing else for at most 25 s. */
const CALL_MS = 5_000;
const PARTS = 4;

/** The methods of a user's object that another user's object calls. */
export interface FactsObject extends Rpc.DurableObjectBranded {
  unlisted(sessionIds: string[]): string[];
  importFacts(facts: ExportedFact[], offset?: number, encoder?: EncoderOptions): Result<ImportedFacts>;
}

/** The number of facts that were new to the other user, and whether all facts have moved. */
export interface MovedFacts {
  added: number;
  done: boolean;
}

/**
 * Moves facts to another user. Moves none while a session that taught one is here: it would be deleted without them. What
 * was learned from sessions that the other user does not have is deleted.
 */
export async function moveFacts(
  store: UserStore,
  other: DurableObjectStub<FactsObject>,
  encoder: EncoderOptions | undefined,
): Promise<Result<MovedFacts>> {
  const { facts, sessions, deletion } = store;
  if (deletion) return failed({ reason: "user_being_deleted" });
  const learned = facts.rows.learned().flatMap((version) => version.learned.map(({ sessionId }) => sessionId));
  const teachers = [...new Set(learned)];
  if (teachers.some((id) => sessions.get(id))) return ok({ added: 0, done: false });
  let added = 0;
  let offset: number | undefined;
  try {
    const unknown = new Set(await withTimeout(CALL_MS, () => other.unlisted(teachers)));
    if (unknown.size > 0) store.transaction(() => facts.forget(({ sessionId }) => unknown.has(sessionId)));
    for (let parts = 0; parts < PARTS && !facts.rows.empty; parts += 1) {
      const sent = exportFacts(facts, 0);
      const moved = await withTimeout<Result<ImportedFacts>>(CALL_MS, () => other.importFacts(sent, offset, encoder));
      if (!moved.ok) return moved;
      store.transaction(() => {
        for (const { id } of sent) facts.rows.delete(id);
      });
      added += moved.value.added;
      offset = moved.value.offset;
    }
    return ok({ added, done: facts.rows.empty });
  } catch (error) {
    log("warn", "user_unreachable", { cause: String(error) });
    return failed({ reason: "user_unreachable" });
  }
}
