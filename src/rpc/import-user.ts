import type { Context } from "hono";
import type * as z from "zod/mini";
import type { AppEnv, SessionPart } from "../env";
import { orThrow } from "../middleware/respond";
import { userLines } from "../schema/export-schema";
import type { exportedFact } from "../schema/fact-schema";
import { badLine, batchesIn, type Lines, linesOf, readLine } from "../schema/import-lines";
import type { ExportedFact, Place } from "../turn/user-memory";
import { objectPrefix } from "./call-object";
import { embeddingOf, limitsOf, sessionUserOf } from "./call-session";
import { callUser } from "./call-user";

/** The characters of facts that one call adds. */
const FACT_CHARACTERS = 1_000_000;

/** The most sessions of a request. A Worker of the free plan may make 50 calls: with these limits it makes 40 or less. */
const MOST = 500;
/** The parts of sessions that one call stores, about their characters, and the sessions that one call deletes. */
const PARTS = 20;
const CHARACTERS = 2_500_000;
const DELETED = 40;

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
  /** Imports that have begun, with the id of the session; while this is not known, with the two possible ids. */
  readonly #begun = new Map<string, string[]>();
  readonly #numbers = new Set<number>();
  #parts: { part: SessionPart; from: string }[] = [];
  #facts: ExportedFact[] = [];
  /** The characters of {@link #parts} or {@link #facts}. */
  #characters = 0;
  #offset: number | undefined;
  #count = 0;
  added = 0;

  constructor(c: Context<AppEnv>, userId: string) {
    this.#c = c;
    this.#userId = userId;
  }

  rename(from: string, to: string): void {
    this.#ids.set(from, to);
  }

  /** Reads the session that follows. It is stored completely or not at all. An id in use is replaced. */
  async session({ sessionId: from, ...settings }: SessionHead, line: number, lines: Lines): Promise<void> {
    this.#count += 1;
    if (this.#count > MOST)
      throw badLine(line, `a request may have ${MOST} sessions: send the other pages in another one`, ["session"]);
    const id = crypto.randomUUID();
    let title: string | undefined;
    let isFirst = true;
    for await (const { entries, lines: numbers, characters, title: given, isLast } of batchesIn(lines)) {
      title ??= given;
      const end = isLast ? { ...settings, title } : undefined;
      const part = { id, sessionId: this.#begun.get(id)?.[0] ?? from, isFirst, entries, lines: numbers, end };
      this.#parts.push({ part, from });
      isFirst = false;
      this.#characters += characters;
      if (this.#parts.length === PARTS || this.#characters > CHARACTERS) await this.flush();
    }
  }

  /** Stores the parts of sessions that were read. */
  async #store(): Promise<void> {
    const read = this.#parts;
    if (read.length === 0) return;
    [this.#parts, this.#characters] = [[], 0];
    const c = this.#c;
    for (const { part } of read) if (part.isFirst) this.#begun.set(part.id, [part.sessionId, part.id]);
    const sent = {
      parts: read.map(({ part }) => part),
      user: sessionUserOf(c, "", this.#userId),
      prefix: objectPrefix(c),
      limits: limitsOf(c),
    };
    const stored = orThrow(await callUser(c, this.#userId, (stub) => stub.importSessions(sent), { retry: false }));
    for (const { id, to, repeated } of stored) {
      this.#begun.set(id, [to]);
      if (repeated !== undefined) throw badLine(repeated, "there is a turn with this id before it", ["turn", "id"]);
    }
    for (const { part, from } of read) {
      const [to = from] = this.#begun.get(part.id) ?? [];
      this.rename(from, to);
      if (part.end) this.sessions.push({ from, to });
    }
  }

  async fact(
    { id, versions }: z.output<typeof exportedFact>,
    { line, text }: { line: number; text: string },
  ): Promise<void> {
    await this.#store();
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

  /** Stores the sessions and facts that were read. */
  async flush(): Promise<void> {
    await this.#store();
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

  /** Deletes the sessions that were stored, or may have been. */
  async undo(): Promise<void> {
    const c = this.#c;
    const imports = [...this.#begun].flatMap(([id, places]) => places.map((to) => ({ id, to })));
    for (let at = 0; at < imports.length; at += DELETED) {
      const next = imports.slice(at, at + DELETED);
      await callUser(c, this.#userId, (stub) => stub.cancelImports(objectPrefix(c), next)).catch(() => {});
    }
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
        await user.session(read.session, line, lines);
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
