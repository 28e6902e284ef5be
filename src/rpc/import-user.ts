import type { Context } from "hono";
import type * as z from "zod/mini";
import type { AppEnv } from "../env";
import { orThrow } from "../middleware/respond";
import { userLines } from "../schema/export-schema";
import type { exportedFact } from "../schema/fact-schema";
import { badLine, batchesIn, type Lines, linesOf, readLine } from "../schema/import-lines";
import type { ExportedFact, Place } from "../turn/user-memory";
import { askRequestOf, callSession, embeddingOf } from "./call-session";
import { callUser } from "./call-user";
import { dropImport, fillImport } from "./fill-import";

/** The characters of facts that one call adds. */
const FACT_CHARACTERS = 1_000_000;

interface SessionHead {
  sessionId: string;
  instructions?: string | undefined;
  timeZone?: string | undefined;
}

type UserLine = z.output<(typeof userLines)[keyof typeof userLines]>;

/** A running import of a user. */
class UserImport {
  readonly #c: Context<AppEnv>;
  readonly #userId: string;
  readonly sessions: { from: string; to: string }[] = [];
  readonly #ids = new Map<string, string>();
  readonly #numbers = new Set<number>();
  #facts: ExportedFact[] = [];
  #characters = 0;
  #offset: number | undefined;
  added = 0;

  constructor(c: Context<AppEnv>, userId: string) {
    this.#c = c;
    this.#userId = userId;
  }

  rename(from: string, to: string): void {
    this.#ids.set(from, to);
  }

  /** Stores the session that follows, completely or not at all. An id in use is replaced. */
  async session({ sessionId: from, ...settings }: SessionHead, lines: Lines): Promise<void> {
    const c = this.#c;
    const begin = async (sessionId: string) => {
      const request = askRequestOf(c, sessionId, this.#userId);
      return { sessionId, request, begun: await callSession(c, sessionId, (stub) => stub.beginImportOf(request)) };
    };
    let { sessionId: to, request, begun } = await begin(from);
    if (!begun.ok && begun.failure.reason === "session_not_empty")
      ({ sessionId: to, request, begun } = await begin(crypto.randomUUID()));
    const id = orThrow(begun);
    try {
      const title = await fillImport(c, to, id, batchesIn(lines));
      const source = { ...settings, title, isCopy: false };
      orThrow(await callSession(c, to, (stub) => stub.finishImport(id, request, source), { retry: false }));
    } catch (error) {
      await dropImport(c, to, id);
      throw error;
    }
    this.sessions.push({ from, to });
    this.rename(from, to);
  }

  async fact(
    { id, versions }: z.output<typeof exportedFact>,
    { line, text }: { line: number; text: string },
  ): Promise<void> {
    for (const { number } of versions) {
      if (this.#numbers.has(number))
        throw badLine(line, `there is a version ${number} before it`, ["fact", "versions"]);
      this.#numbers.add(number);
    }
    const renamed = <T extends Place>(place: T): T => ({
      ...place,
      sessionId: this.#ids.get(place.sessionId) ?? place.sessionId,
    });
    this.#facts.push({
      id,
      versions: versions.map((version) => ({
        ...version,
        source: version.source && renamed(version.source),
        learned: version.learned.map(renamed),
        createdAt: Date.parse(version.createdAt),
        updatedAt: Date.parse(version.updatedAt),
      })),
    });
    this.#characters += text.length;
    if (this.#characters > FACT_CHARACTERS) await this.flush();
  }

  /** Adds the facts that were read. */
  async flush(): Promise<void> {
    const facts = this.#facts;
    if (facts.length === 0) return;
    [this.#facts, this.#characters] = [[], 0];
    const add = callUser(this.#c, this.#userId, (stub) => stub.importFacts(facts, this.#offset, embeddingOf(this.#c)), {
      retry: false,
    });
    const { added, offset } = orThrow(await add);
    this.added += added;
    this.#offset = offset;
  }

  /** Deletes the sessions that were stored. */
  async undo(): Promise<void> {
    for (const { to } of this.sessions) await callSession(this.#c, to, (stub) => stub.destroy()).catch(() => {});
  }
}

/**
 * Imports pages of a user's export into a user. Touches no existing session. An import that fails deletes the sessions
 * that it has stored.
 */
export async function importUser(c: Context<AppEnv>, userId: string, body: ReadableStream<Uint8Array> | null) {
  const lines = linesOf(body);
  const user = new UserImport(c, userId);
  let [pages, page] = [0, { sessions: 0, facts: 0 }];
  let isOpen = false;
  try {
    for (;;) {
      const { value } = await lines.next();
      if (typeof value !== "object") {
        if (isOpen || pages === 0) throw badLine(value ?? 1, "a page ends with `end`: this one is incomplete");
        break;
      }
      const { line, text } = value;
      const read = readLine<UserLine>(userLines, text, line);
      if ("llamory" in read === isOpen) throw badLine(line, "a page begins with `llamory` and ends with `end`");
      if ("llamory" in read) [isOpen, page] = [true, { sessions: 0, facts: 0 }];
      else if ("renamed" in read) user.rename(read.renamed.from, read.renamed.to);
      else if ("session" in read) {
        await user.session(read.session, lines);
        page.sessions += 1;
      } else if ("fact" in read) {
        await user.fact(read.fact, value);
        page.facts += 1;
      } else {
        const { sessions, facts } = page;
        if (read.end.sessions !== sessions || read.end.facts !== facts)
          throw badLine(line, `there were ${sessions} sessions and ${facts} facts before it`);
        isOpen = false;
        pages += 1;
      }
    }
    await user.flush();
    return { sessions: user.sessions, facts: user.added };
  } catch (error) {
    await user.undo();
    throw error;
  } finally {
    await lines.return(undefined);
  }
}
