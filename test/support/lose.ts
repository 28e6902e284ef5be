import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Ends a session's object at any moment, as the platform may do. */
export const lose = (session: string) => loseObject(env.CHAT_DO.getByName(session));

/** Ends any object at any moment. */
export async function loseObject(object: DurableObjectStub): Promise<void> {
  const end = (_: unknown, state: DurableObjectState) => state.abort("lost");
  await runInDurableObject(object, end).catch(() => {});
}
