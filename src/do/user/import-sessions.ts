/** Imports sessions into their objects for a Worker, which may make 50 calls itself on the free plan. */
import { log } from "../../log";
import { objectOf } from "../../object-of";
import { failed, ok, type Result } from "../../turn/result";
import type { NewOwner, SessionPart, UserBindings } from "./session-object";

/** The sessions of a request, and the limits of each. */
export interface SessionsImport {
  parts: SessionPart[];
  user: Omit<NewOwner, "sessionId">;
  /** The prefix of the names of the tenant's objects. */
  prefix: string;
  limits: { messages: number; bytes: number };
}

/** A part that is stored. */
export interface StoredPart {
  /** The id of the import, and of its session. */
  id: string;
  to: string;
  /** The line of a turn whose id the session has already. */
  repeated?: number | undefined;
}

/** Stores parts of sessions. Each costs up to two calls. Fails with the first failure, or `import_interrupted`. */
export async function importSessions(
  env: UserBindings,
  { parts, ...more }: SessionsImport,
): Promise<Result<StoredPart[]>> {
  const sessions = [...Map.groupBy(parts, ({ id }) => id).values()];
  // Waits for all of them, because a failed import is deleted next.
  const results = await Promise.all(
    sessions.map((session) =>
      importSession(env, session, more).catch((error: unknown) => {
        log("warn", "session_unreachable", { cause: String(error) });
        return failed({ reason: "import_interrupted" });
      }),
    ),
  );
  return results.find((result) => !result.ok) ?? ok(results.flatMap((result) => (result.ok ? result.value : [])));
}

async function importSession(
  env: UserBindings,
  parts: SessionPart[],
  { user, prefix, limits }: Omit<SessionsImport, "parts">,
): Promise<Result<StoredPart[]>> {
  const store = (part: SessionPart, sessionId: string): Promise<Result<number | null>> =>
    objectOf(env.CHAT_DO, prefix + sessionId, env).importPart(part, { ...user, sessionId }, limits);
  const stored: StoredPart[] = [];
  for (const part of parts) {
    let to = stored[0]?.to ?? part.sessionId;
    let result = await store(part, to);
    if (part.isFirst && !result.ok && result.failure.reason === "session_not_empty") {
      to = part.id;
      result = await store(part, to);
    }
    if (!result.ok) return result;
    stored.push({ id: part.id, to, repeated: result.value === null ? undefined : part.lines[result.value] });
    if (result.value !== null) break;
  }
  return ok(stored);
}

/** Deletes imports, finished ones too. @param imports with the sessions that they may be in */
export async function cancelImports(
  env: UserBindings,
  prefix: string,
  imports: Omit<StoredPart, "repeated">[],
): Promise<void> {
  await Promise.allSettled(imports.map(({ id, to }) => objectOf(env.CHAT_DO, prefix + to, env).cancelImport(id)));
}
