/** Which turn an `Idempotency-Key` stands for: one of the same user, who asks the same. */
import type { Idempotency } from "../../turn/types";
import type { Owner } from "./owner";

/** Separates the user from the rest; neither contains a line break. */
const BREAK = "\n";

/** Adds the user to the fingerprint: the memory of the user shapes the answer. @param user the name of their object, if any */
export const ofUser = ({ key, fingerprint }: Idempotency, user: string | undefined): Idempotency => ({
  key,
  fingerprint: `${user ?? ""}${BREAK}${fingerprint}`,
});

/**
 * Returns whether a turn with the same key is the same turn.
 * @param known the turn's fingerprint: without a user where an earlier version stored it, and then of the session's owner
 * @param asked as {@link ofUser} returns it
 */
export function isSameTurn(known: string | null, asked: Idempotency, owner: Owner | undefined): boolean {
  if (known === null || known.includes(BREAK)) return known === asked.fingerprint;
  return ofUser({ key: asked.key, fingerprint: known }, owner?.user).fingerprint === asked.fingerprint;
}
