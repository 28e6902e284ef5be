/** Users of the tests, and the contents of their objects' storage. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { UserDO } from "../../src/do/user";
import { eventually } from "./eventually";
import { freshSession, worker } from "./worker";

/** Returns the id of a user that no other test uses. */
export const freshUser = () => `user-${crypto.randomUUID()}`;

export const userObject = (user: string) => env.USER_DO.getByName(user);
export const sessionObject = (session: string) => env.CHAT_DO.getByName(session);

/** Settings that wait long for the user's object, because tests run on slow machines. */
export const PATIENT = { USER_TIMEOUT_MS: "30000" };

/** Lists a session with a user. @returns its epoch */
export async function opened(object: ReturnType<typeof userObject>, session: string): Promise<string> {
  const epoch = await object.open(session);
  if (!epoch.ok) throw new Error(epoch.failure.reason);
  return epoch.value;
}

type Rows = Record<string, SqlStorageValue>[];

/** Returns the rows of a query in an object; none if it has no tables. */
const rowsOf = (object: DurableObjectStub, query: string): Promise<Rows> =>
  runInDurableObject(object, (_, { storage }) => {
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'meta'").toArray();
    return tables.length === 0 ? [] : storage.sql.exec(query).toArray();
  });

/** Returns the contents of the user's copy, in the order of updates. */
export async function copyOf(user: string): Promise<string[]> {
  const rows = await rowsOf(userObject(user), "SELECT content FROM messages ORDER BY seq");
  return rows.map(({ content }) => String(content));
}

/** Returns the rows of all tables of an object as text, except those of the full-text index. */
export async function everythingIn(object: DurableObjectStub): Promise<string> {
  return runInDurableObject(object, (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const own = tables.filter(({ name }) => !name.startsWith("_cf") && !name.includes("_fts"));
    return own.map(({ name }) => JSON.stringify(storage.sql.exec(`SELECT * FROM ${name}`).toArray())).join("\n");
  });
}

/** Returns whether a session has pending updates for its user's object. */
export async function owes(session: string): Promise<boolean> {
  const rows = await rowsOf(sessionObject(session), "SELECT at FROM due WHERE task = 'tell' AND at NOT NULL");
  return rows.length > 0;
}

/** Runs a session's alarm. */
export const ring = (session: string) => runDurableObjectAlarm(sessionObject(session));

/** Returns the ids of sessions that no other test uses. */
export const freshSessions = (count: number) => Array.from({ length: count }, freshSession);

/** Replaces a method of all users' objects until mocks are restored. */
export function replaced(method: "memory" | "open" | "tell" | "forget" | "rename", run: () => unknown) {
  const spy = vi.spyOn(UserDO.prototype, method);
  Reflect.apply(Reflect.get(spy, "mockImplementation"), spy, [run]);
  return spy;
}

/** Makes a user's object run a function after its next call of a method, before the reply arrives. */
export function beforeReply(method: "memory" | "open" | "tell", run: () => unknown): void {
  const real = UserDO.prototype[method];
  const spy = vi.spyOn(UserDO.prototype, method);
  const delayed = async function (this: UserDO, ...args: unknown[]) {
    const reply: unknown = Reflect.apply(real, this, args);
    await run();
    return reply;
  };
  Reflect.apply(Reflect.get(spy, "mockImplementationOnce"), spy, [delayed]);
}

export const down = () => {
  throw new Error("down");
};

/** Runs a function with the clock moved forward by this number of milliseconds. */
export async function later<T>(ms: number, run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  try {
    return await run();
  } finally {
    vi.useRealTimers();
  }
}

/** Runs a session's alarm at a time when its pending updates are due. */
export const ringLater = (session: string) => later(60_000, () => ring(session));

/** The Worker for the tests of users. */
const llamory = worker(PATIENT);
export const asks = (sessionId: string, userId: string, question: string, more: object = {}) =>
  llamory.post("/ask", { sessionId, userId, question, ...more });
export const remove = (path: string) => llamory.fetch(path, { method: "DELETE" });

/** Creates a user with two sessions, whose updates have been sent. */
export async function told(): Promise<{ user: string; session: string; other: string }> {
  const [user, [session = "", other = ""]] = [freshUser(), freshSessions(2)];
  await asks(session, user, "My secret is mango.");
  await asks(other, user, "I like figs.");
  await eventually(async () => expect([await owes(session), await owes(other)]).toEqual([false, false]));
  return { user, session, other };
}
