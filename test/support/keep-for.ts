import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { onTestFinished } from "vitest";

/** Sets a setting that objects read, until the end of the test; undefined deletes it. */
export const setFor = (object: DurableObjectStub, name: string, value: unknown) =>
  runInDurableObject(object, (instance) => {
    const bindings: object = Reflect.get(instance, "env");
    Reflect.set(bindings, name, value);
    onTestFinished(() => {
      Reflect.deleteProperty(bindings, name);
    });
  });

/** Sets `SESSION_TTL_DAYS` for sessions' objects until the end of the test; undefined deletes the setting. */
export const keepFor = (session: string, days: unknown) =>
  setFor(env.CHAT_DO.getByName(session), "SESSION_TTL_DAYS", days);
