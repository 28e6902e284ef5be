/** Counts the RPC calls of an ask, and the rows that objects read and write. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Env } from "../../src/env";

/** Returns the namespace with every RPC call to its stubs logged. */
export function counted(calls: string[]): Env["CHAT_DO"] {
  const logged = <T extends object>(stub: T): T =>
    new Proxy(stub, {
      get(_, method) {
        const value: unknown = Reflect.get(stub, method);
        if (typeof method === "symbol" || typeof value !== "function") return value;
        return (...args: unknown[]) => {
          calls.push(method);
          return Reflect.apply(value, stub, args);
        };
      },
    });
  return new Proxy(env.CHAT_DO, {
    get: (namespace, property) =>
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
