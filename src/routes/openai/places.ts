/** Where the ids of the OpenAI surface point: sessions, turns and messages. And lists of items. */
import { FailureError, orThrow } from "../../middleware/respond";
import { turnParam } from "../../schema/common-schema";
import type { Result } from "../../turn/result";
import type { ConversationItem } from "../../wire/conversation-items";
import { parseOpenaiId } from "../../wire/response-objects";

/**
 * Returns the session of an id, and its turn or `~` and a `seq`.
 * @throws {FailureError} with the reason if the id is not of this kind
 */
export function placeOf(
  kind: "resp" | "item",
  id: string,
  reason: "response_not_found" | "message_not_found" = "response_not_found",
): { sessionId: string; turnId: string } {
  const place = parseOpenaiId(kind, id);
  const turnId = kind === "item" ? place?.turnId.replace(/^~(?=[1-9]\d{0,14}$)/, "") : place?.turnId;
  if (!place || !turnParam.safeParse({ ...place, turnId }).success) throw new FailureError({ reason });
  return place;
}

/** Returns the value of a result. @throws {FailureError} with an unknown turn as an unknown response */
export function orThrowResponse<T>(result: Result<T>): T {
  if (!result.ok && result.failure.reason === "turn_not_found")
    throw new FailureError({ reason: "response_not_found" });
  return orThrow(result);
}

/**
 * Returns a page of items.
 * @param all from the item `after` on, if it is there
 * @param hasMore whether items follow them
 */
export function listOf(
  all: ConversationItem[],
  { after, limit }: { after?: string | undefined; limit: number },
  hasMore = false,
) {
  const rest = all.slice(all.findIndex(({ id }) => id === after) + 1);
  const data = rest.slice(0, limit);
  const [first, last] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
  return { object: "list" as const, data, first_id: first, last_id: last, has_more: hasMore || rest.length > limit };
}
