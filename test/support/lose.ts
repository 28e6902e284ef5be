import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Ends a session's object in the middle of whatever it does, as the platform may do at any time. */
export const lose = (session: string) => loseObject(env.CHAT_DO.getByName(session));

/** As {@link lose}, any object. */
export async function loseObject(object: DurableObjectStub): Promise<void> {
  const end = (_: unknown, state: DurableObjectState) => state.abort("lost");
  await runInDurableObject(object, end).catch(() => {});
}
