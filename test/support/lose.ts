import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Ends a session's object in the middle of whatever it does, as the platform may do at any time. */
export async function lose(session: string): Promise<void> {
  const end = (_: unknown, state: DurableObjectState) => state.abort("lost");
  await runInDurableObject(env.CHAT_DO.getByName(session), end).catch(() => {});
}
