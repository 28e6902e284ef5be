import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { onTestFinished } from "vitest";

/** Sets `SESSION_TTL_DAYS` for sessions' objects until the end of the test; undefined deletes the setting. */
export const keepFor = (session: string, days: string | undefined) =>
  runInDurableObject(env.CHAT_DO.getByName(session), (instance) => {
    const bindings: object = Reflect.get(instance, "env");
    Reflect.set(bindings, "SESSION_TTL_DAYS", days);
    onTestFinished(() => {
      Reflect.deleteProperty(bindings, "SESSION_TTL_DAYS");
    });
  });
