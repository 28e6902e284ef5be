/** Counts the RPC calls of an ask, and the rows that objects read and write. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Env } from "../../src/env";

/** Returns the namespace of sessions with every RPC call to its stubs logged. */
export const counted = (calls: string[]): Env["CHAT_DO"] => countedIn(env.CHAT_DO, calls);

/** The calls of one request on the free plan. */
const MOST_CALLS = 50;

/** Returns namespaces that log every RPC call, and fail after as many as a request of the free plan may make. */
export function limitedCalls() {
  const calls: string[] = [];
  const bindings = {
    CHAT_DO: countedIn(env.CHAT_DO, calls, MOST_CALLS),
    USER_DO: countedIn(env.USER_DO, calls, MOST_CALLS),
  };
  return { calls, bindings };
}

function countedIn<T extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<T>,
  calls: string[],
  most = Number.POSITIVE_INFINITY,
): DurableObjectNamespace<T> {
  const logged = <S extends object>(stub: S): S =>
    new Proxy(stub, {
      get(_, method) {
        const value: unknown = Reflect.get(stub, method);
        if (typeof method === "symbol" || typeof value !== "function") return value;
        return (...args: unknown[]) => {
          calls.push(method);
          if (calls.length > most) throw new Error("Too many subrequests.");
          return Reflect.apply(value, stub, args);
        };
      },
    });
  return new Proxy(namespace, {
    get: (_, property) =>
      property === "getByName" ? (name: string) => logged(namespace.getByName(name)) : Reflect.get(namespace, property),
  });
}

export interface Rows {
  read: number;
  written: number;
}

/** Counts the rows of a session's object. @returns a function that returns the rows since its last call */
export const countRows = (session: string) => countRowsOf(env.CHAT_DO.getByName(session));

/** Like {@link countRows}, for any object. */
export async function countRowsOf(stub: DurableObjectStub): Promise<() => Promise<Rows>> {
  await runInDurableObject(stub, (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    Object.assign(storage.sql, {
      exec: (...args: Parameters<typeof exec>) => {
        const cursor = exec(...args);
        cursors.push(cursor);
        return cursor;
      },
      // A cursor has its final row counts only after its rows were read, so they are added up later.
      counted: () =>
        cursors.splice(0).reduce(
          (sum: Rows, { rowsRead, rowsWritten }) => ({
            read: sum.read + rowsRead,
            written: sum.written + rowsWritten,
          }),
          { read: 0, written: 0 },
        ),
    });
  });
  return () =>
    runInDurableObject(stub, (_, { storage }): Rows => {
      const counted: unknown = Reflect.get(storage.sql, "counted");
      return typeof counted === "function" ? counted() : { read: 0, written: 0 };
    });
}
