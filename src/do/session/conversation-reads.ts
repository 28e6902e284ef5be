/** Reads of a session as a conversation of the OpenAI surface. */
import { failed, ok, type Result } from "../../turn/result";
import type { Message } from "../../turn/types";
import type { Session } from "./session";
import type { Conversation } from "./session-settings";

/** A page of at most `limit` messages. */
export interface ItemPage {
  /** The first message: a turn stands for its answer, `~` and a `seq` for any message. Default: an end of the transcript. */
  at?: string | undefined;
  isAscending: boolean;
  limit: number;
}

/** Returns messages from a place on, and whether more follow; `message_not_found` for an unknown turn. */
export function itemPage(
  session: Session,
  { at, isAscending, limit }: ItemPage,
): Result<{ messages: Message[]; hasMore: boolean }> {
  const { messages, turns } = session.store;
  const seq = at?.startsWith("~") ? Number(at.slice(1)) : at && turns.get(at)?.answerSeq;
  if (at !== undefined && !seq) return failed({ reason: "message_not_found" });
  const after = (place: number | undefined, count: number) =>
    isAscending ? messages.later(place, count) : messages.page(place, count);
  const page = after(seq ? seq + (isAscending ? -1 : 1) : undefined, limit);
  const last = page.at(-1);
  return ok({ messages: session.shown(page), hasMore: last !== undefined && after(last.seq, 1).length > 0 });
}

/** Returns the messages of a turn before its answer; `turn_not_found`. */
export function inputOf(session: Session, turnId: string): Result<Message[]> {
  if (!session.turn(turnId)) return failed({ reason: "turn_not_found" });
  return ok(session.shown(session.store.removals.messagesOf(turnId).filter(({ role }) => role !== "assistant")));
}

/** Returns the session as a conversation; `conversation_not_found` for an unused session. */
export function conversationOf({ store: { messages, settings } }: Session): Result<Conversation> {
  const { conversation } = settings.get();
  const { firstAt } = messages.info();
  if (!conversation && firstAt === null) return failed({ reason: "conversation_not_found" });
  return ok(conversation ?? { createdAt: firstAt ?? 0, metadata: {} });
}
