import type { Fact, Place } from "../../turn/user-memory";
import type { UserMemory } from "../memory/context";

/**
 * Returns a user's memory without the facts that the model learned only from a session's messages from one `seq` on. Facts
 * that people wrote stay, as they do when the messages are deleted.
 */
export function withoutFactsFrom(
  memory: UserMemory | null | undefined,
  sessionId: string | undefined,
  from = Number.POSITIVE_INFINITY,
) {
  const isLost = (source: Place) => source.sessionId === sessionId && source.seq >= from;
  const isRemoved = ({ writtenBy, sources }: Fact) =>
    writtenBy === "model" && sources.length > 0 && sources.every(isLost);
  return memory && { ...memory, facts: memory.facts.filter((fact) => !isRemoved(fact)) };
}
