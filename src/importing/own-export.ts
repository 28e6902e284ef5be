/** Reads exports of Llamory: their kind, and the requests that import a user. */
import { ConvertError } from "../converters/converted";

export type OwnKind = "session" | "user";

/** Returns the kind of an export of Llamory; undefined for other text. @param start the first characters */
export function ownKindOf(start: string): OwnKind | undefined {
  const kind = /^\s*\{\s*"llamory"\s*:\s*"(\w+)"/.exec(start)?.[1];
  return kind === "session" || kind === "user" ? kind : undefined;
}

/** The most sessions and bytes of a request: the server takes 500 and 100 MiB. A page has up to 40 sessions. */
const MAX_SESSIONS = 500;
const MAX_BYTES = 100 * 1024 * 1024;

/** The last line of a page. */
const PAGE_END = /^\s*\{\s*"end"\s*:\s*\{\s*"sessions"/;

type Text = Iterable<string> | AsyncIterable<string>;

/** A page of a user's export: its first line, and the others. */
interface Page {
  head: string;
  rest: string;
  sessions: number;
  facts: number;
  isLast: boolean;
}

/** Yields the lines of a text that arrives in any pieces, without empty ones. */
export async function* linesOfText(text: Text): AsyncGenerator<string> {
  let open = "";
  for await (const piece of text) {
    const lines = (open + piece).split("\n");
    open = lines.pop() ?? "";
    yield* lines.filter((line) => line.trim() !== "");
  }
  if (open.trim() !== "") yield open;
}

async function* pagesOf(text: Text): AsyncGenerator<Page> {
  let lines: string[] = [];
  for await (const line of linesOfText(text)) {
    lines.push(line);
    if (!PAGE_END.test(line)) continue;
    const { sessions, facts, nextCursor } = JSON.parse(line).end;
    const [head = "", ...rest] = lines;
    yield { head: `${head}\n`, rest: `${rest.join("\n")}\n`, sessions, facts, isLast: nextCursor === null };
    lines = [];
  }
  if (lines.length > 0) throw new ConvertError("It is cut off in the middle of a page. Export again.");
}

/** Returns the numbers of sessions and facts of a user's export. @throws {ConvertError} if it is incomplete */
export async function countsOf(text: Text): Promise<{ sessions: number; facts: number }> {
  const counts = { sessions: 0, facts: 0 };
  let isComplete = false;
  for await (const { sessions, facts, isLast } of pagesOf(text)) {
    counts.sessions += sessions;
    counts.facts += facts;
    isComplete = isLast;
  }
  if (!isComplete)
    throw new ConvertError("Its last page is missing. Export again, or send its pages to POST /users/:userId/import.");
  return counts;
}

/** The result of `POST /users/:userId/import`. */
export interface ImportedUser {
  /** The ids in the export, and here. */
  sessions: { from: string; to: string }[];
  facts: number;
}

/**
 * Sends a user's export, in as few requests as the server allows: each is stored completely or not at all.
 * @param send imports the lines of whole pages
 */
export async function importPages(text: Text, send: (lines: Blob) => Promise<ImportedUser>): Promise<ImportedUser> {
  const imported: ImportedUser = { sessions: [], facts: 0 };
  let pages: Page[] = [];
  let [sessions, bytes] = [0, 0];
  const flush = async () => {
    const [first, ...more] = pages;
    if (!first) return;
    // The facts of a later request name the sessions of an earlier one.
    const renamed = imported.sessions
      .filter(({ from, to }) => from !== to)
      .map((session) => `${JSON.stringify({ renamed: session })}\n`);
    const stored = await send(
      new Blob([first.head, ...renamed, first.rest, ...more.flatMap(({ head, rest }) => [head, rest])]),
    );
    imported.sessions.push(...stored.sessions);
    imported.facts += stored.facts;
    pages = [];
    [sessions, bytes] = [0, 0];
  };
  for await (const page of pagesOf(text)) {
    // A character has up to three bytes in UTF-8.
    const size = page.rest.length * 3;
    if (sessions + page.sessions > MAX_SESSIONS || bytes + size > MAX_BYTES) await flush();
    pages.push(page);
    sessions += page.sessions;
    bytes += size;
  }
  await flush();
  return imported;
}
