/** Compares a conversation with the transcript of its session. */
import type { Client, Problem } from "llamory/client";
import type { ConvertedMessage } from "../converters/converted";

/** Thrown for a request that the server refused. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly problem: Partial<Problem>;
  readonly status: number;

  constructor(status: number, problem: Partial<Problem>) {
    const [field] = problem.errors ?? [];
    const detail = field ? `${field.path}: ${field.message}.` : problem.detail;
    super(detail ?? `The server answered with status ${status}.`);
    this.problem = problem;
    this.status = status;
  }
}

/** Returns the error of a failed response. */
export async function refusalOf(response: { status: number; text(): Promise<string> }): Promise<RefusedError> {
  const text = await response.text();
  try {
    const problem: unknown = JSON.parse(text);
    return new RefusedError(response.status, typeof problem === "object" && problem !== null ? problem : {});
  } catch {
    return new RefusedError(response.status, {});
  }
}

/** A message of a transcript. */
interface StoredMessage {
  seq: number;
  role: string;
  name?: string | undefined;
  content: string;
  createdAt: string;
  turnId?: string | undefined;
}

/** The most messages of a page. */
const PAGE = 1_000;

async function pageOf(client: Client, sessionId: string, limit: number, before?: number) {
  const query = { limit: String(limit), ...(before !== undefined && { before: String(before) }) };
  const response = await client.sessions[":sessionId"].messages.$get({
    param: { sessionId: encodeURIComponent(sessionId) },
    query,
  });
  if (response.status !== 200) throw await refusalOf(response);
  return response.json();
}

/** Returns the appended messages of a session, oldest first. */
async function appendedTo(client: Client, sessionId: string): Promise<StoredMessage[]> {
  const stored: StoredMessage[] = [];
  let before: number | undefined;
  do {
    const { data, nextCursor } = await pageOf(client, sessionId, PAGE, before);
    stored.push(...data);
    before = nextCursor ?? undefined;
  } while (before !== undefined);
  return stored.reverse().filter(({ turnId }) => turnId === undefined);
}

const keyOf = ({ role, name, content }: ConvertedMessage | StoredMessage, time?: number) =>
  JSON.stringify([role, name, content, time]);

const keysOf = (stored: StoredMessage) => [keyOf(stored), keyOf(stored, Date.parse(stored.createdAt))];

const isStoredAs = (message: ConvertedMessage | undefined, stored: StoredMessage): boolean =>
  message !== undefined && keysOf(stored).includes(keyOf(message, message.createdAt));

/**
 * Returns how many of a conversation's messages are stored already: those after them are new. Undefined if the session
 * contains other messages. Reads one message if the session ends as the conversation does, else the whole transcript.
 */
export async function storedCount(
  client: Client,
  sessionId: string,
  messages: readonly ConvertedMessage[],
): Promise<number | undefined> {
  const [newest] = (await pageOf(client, sessionId, 1)).data;
  if (!newest) return 0;
  if (newest.turnId === undefined && isStoredAs(messages[newest.seq - 1], newest)) return newest.seq;
  const stored = await appendedTo(client, sessionId);
  if (stored.length === 0) return 0;
  if (stored.every((message, at) => isStoredAs(messages[at], message))) return stored.length;
  // Messages were refused, or the conversation was edited: the messages after the last stored one are new.
  // Both branches may end with a text such as "ok", so a message that has a time is known only with this time. If none is,
  // all times may differ, for example after an import with another time zone.
  const known = new Set(stored.flatMap(keysOf));
  const last = messages.findLastIndex((message) => known.has(keyOf(message, message.createdAt)));
  const end = last === -1 ? messages.findLastIndex((message) => known.has(keyOf(message))) : last;
  return end === -1 ? undefined : end + 1;
}
