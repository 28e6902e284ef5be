/** Users of the tests, and what stands in the storage of their objects. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { UserDO } from "../../src/do/user";
import { freshSession, worker } from "./worker";

/** A user that no other test has. */
export const freshUser = () => `user-${crypto.randomUUID()}`;

export const userObject = (user: string) => env.USER_DO.getByName(user);
export const sessionObject = (session: string) => env.CHAT_DO.getByName(session);

/** Waits enough for a test: everything is in one process. */
export const PATIENT = { USER_TIMEOUT_MS: "30000" };

/** Lists a session with a user. @returns its epoch */
export async function opened(object: ReturnType<typeof userObject>, session: string): Promise<string> {
  const epoch = await object.open(session);
  if (!epoch.ok) throw new Error(epoch.failure.reason);
  return epoch.value;
}

type Rows = Record<string, SqlStorageValue>[];

/** What a query finds in an object; nothing where there are no tables. */
const rowsOf = (object: DurableObjectStub, query: string): Promise<Rows> =>
  runInDurableObject(object, (_, { storage }) => {
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'meta'").toArray();
    return tables.length === 0 ? [] : storage.sql.exec(query).toArray();
  });

/** The user's copy, as it was told. */
export async function copyOf(user: string): Promise<string[]> {
  const rows = await rowsOf(userObject(user), "SELECT content FROM messages ORDER BY seq");
  return rows.map(({ content }) => String(content));
}

/** Everything that anybody said, in all tables of an object that have text. */
export async function everythingIn(object: DurableObjectStub): Promise<string> {
  return runInDurableObject(object, (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const own = tables.filter(({ name }) => !name.startsWith("_cf") && !name.includes("_fts"));
    return own.map(({ name }) => JSON.stringify(storage.sql.exec(`SELECT * FROM ${name}`).toArray())).join("\n");
  });
}

/** Whether a session still owes its user something. */
export async function owes(session: string): Promise<boolean> {
  const rows = await rowsOf(sessionObject(session), "SELECT at FROM due WHERE task = 'tell' AND at NOT NULL");
  return rows.length > 0;
}

/** Lets a session's alarm ring. */
export const ring = (session: string) => runDurableObjectAlarm(sessionObject(session));

/** Sessions that no other test has. */
export const freshSessions = (count: number) => Array.from({ length: count }, freshSession);

/** Has a method of all users' objects do something else, until mocks are restored. */
export function replaced(method: "memory" | "open" | "tell" | "forget" | "rename", run: () => unknown) {
  const spy = vi.spyOn(UserDO.prototype, method);
  Reflect.apply(Reflect.get(spy, "mockImplementation"), spy, [run]);
  return spy;
}

export const down = () => {
  throw new Error("down");
};

/** Runs something as if so many milliseconds had passed. */
export async function later<T>(ms: number, run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  try {
    return await run();
  } finally {
    vi.useRealTimers();
  }
}

/** Lets the alarm of a session ring when what it owes is due. */
export const ringLater = (session: string) => later(60_000, () => ring(session));

/** What the tests of users ask: patiently. */
const llamory = worker(PATIENT);
export const asks = (sessionId: string, userId: string, question: string, more: object = {}) =>
  llamory.post("/ask", { sessionId, userId, question, ...more });
export const remove = (path: string) => llamory.fetch(path, { method: "DELETE" });

/** A session of a user, who has another one too; both are told. */
export async function told(): Promise<{ user: string; session: string; other: string }> {
  const [user, [session = "", other = ""]] = [freshUser(), freshSessions(2)];
  await asks(session, user, "My secret is mango.");
  await asks(other, user, "I like figs.");
  await vi.waitFor(async () => expect([await owes(session), await owes(other)]).toEqual([false, false]));
  return { user, session, other };
}
