/** A tenant of its own for each test, with its sessions and directory. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { TenantDO } from "../../src/do/tenant";
import { digestOf } from "./tokens";
import { everythingIn, later } from "./users";
import { worker } from "./worker";

export interface ListedSession {
  sessionId: string;
  userId?: string;
  title: string | null;
  messages: number;
  firstAt: string;
  lastAt: string;
}

/** Milliseconds after which a session's task is due that was planned for the next hour. */
const HOUR_MS = 3_600_000;

/** Creates a tenant. @param settings of its Worker */
export async function tenant(settings: Record<string, string> = {}) {
  const [name, token] = [crypto.randomUUID(), crypto.randomUUID()];
  const API_TOKENS = `${name}:${await digestOf(token)}`;
  const llamory = worker({ AUTH: "tokens", API_TOKENS, USER_TIMEOUT_MS: "30000", ...settings });
  const headers = { authorization: `Bearer ${token}` };
  const get = async <T>(path: string): Promise<T> => (await llamory.fetch(path, { headers })).json<T>();
  const send = (method: string, path: string, body?: object) =>
    llamory.fetch(path, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
  const session = (id: string) => env.CHAT_DO.getByName(`${name}/${id}`);
  return {
    name,
    llamory,
    headers,
    send,
    session,
    object: env.TENANT_DO.getByName(`tenant/${name}`),
    user: (id: string) => env.USER_DO.getByName(`${name}/${id}`),
    ask: (sessionId: string, question: string, userId?: string) =>
      send("POST", "/ask", { sessionId, question, userId }),
    remove: (path: string) => send("DELETE", path),
    /** Runs the alarm of a session in so many hours, when all its tasks are due. */
    ring: (id: string, hours = 1) =>
      runInDurableObject(session(id), (object) => later(hours * HOUR_MS, () => object.alarm())),
    page: (query = "") => get<{ data: ListedSession[]; nextCursor: string | null }>(`/sessions${query}`),
    listed: async () => (await get<{ data: ListedSession[] }>("/sessions?limit=100")).data,
    users: async (query = "") =>
      get<{ data: { userId: string; sessions: number; lastAt: string }[]; nextCursor: string | null }>(
        `/users${query}`,
      ),
  };
}

/**
 * Replaces a method of the tenants' objects for session `a`, until mocks are restored, or for one call.
 * @param run gets a function that runs the real method
 */
export function intercepted(
  method: "list" | "unlist",
  run: (real: () => unknown) => unknown,
  calls: "all" | "one" = "all",
) {
  const { [method]: real } = TenantDO.prototype;
  const spy = vi.spyOn(TenantDO.prototype, method);
  let left = calls === "one" ? 1 : Number.POSITIVE_INFINITY;
  const mock = function (this: TenantDO, ...args: unknown[]) {
    const really = () => Reflect.apply(real, this, args);
    // Alarms of other tests' sessions call the method meanwhile.
    if (left === 0 || !JSON.stringify(args).includes('"a"')) return really();
    left -= 1;
    return run(really);
  };
  Reflect.apply(spy.mockImplementation, spy, [mock]);
  return spy;
}

/** Counts the updates of sessions, by id. Alarms of other tests' sessions send updates meanwhile. */
export function spyOnUpdates() {
  const spy = vi.spyOn(TenantDO.prototype, "list");
  return (...sessionIds: string[]) => spy.mock.calls.filter(([{ sessionId }]) => sessionIds.includes(sessionId)).length;
}

export type Tenant = Awaited<ReturnType<typeof tenant>>;

export const SECRET = "My secret is mango.";

/** Creates a tenant with a listed session `a` of the user `ana`. */
export async function listedTenant(): Promise<Tenant> {
  const own = await tenant();
  await own.ask("a", SECRET, "ana");
  await own.ring("a");
  expect(await own.listed()).toMatchObject([{ sessionId: "a", userId: "ana", title: SECRET, messages: 2 }]);
  return own;
}

/** Expects that the directory contains nothing of that session. */
export async function expectUnlisted(own: Tenant): Promise<void> {
  expect([await own.listed(), (await own.users()).data]).toEqual([[], []]);
  expect(await everythingIn(own.object)).not.toMatch(/mango|ana/);
}
