/** Tells conversations of one file apart that have no id and begin alike. */
import type { Converted } from "./converted";
import { hashOf } from "./text-hash";

/**
 * Returns a function that numbers the conversations with the same beginning in the order of their file: without a number,
 * the second one would continue the session of the first one. A copy of a conversation keeps its id.
 */
export function numbering(): (conversation: Converted) => Converted {
  const seen = new Map<string, Map<string, number>>();
  return (conversation) => {
    if (conversation.isUnnamed !== true) return conversation;
    const { sessionId, messages } = conversation;
    const whole = hashOf(JSON.stringify(messages));
    const alike = seen.get(sessionId) ?? new Map<string, number>();
    seen.set(sessionId, alike);
    const place = alike.get(whole) ?? alike.size + 1;
    alike.set(whole, place);
    return place === 1 ? conversation : { ...conversation, sessionId: `${sessionId}-${place}` };
  };
}
