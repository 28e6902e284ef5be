import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Ends a session's object at any moment, as the platform may do. */
export async function lose(session: string): Promise<void> {
  const end = (_: unknown, state: DurableObjectState) => state.abort("lost");
  await runInDurableObject(env.CHAT_DO.getByName(session), end).catch(() => {});
}
