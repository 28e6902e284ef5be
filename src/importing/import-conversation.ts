/** Stores converted conversations as sessions. A repeated import stores only new messages. */
import type { Client } from "llamory/client";
import type { Converted, ConvertedMessage } from "../converters/converted";
import { endsAlike, type ListedSession, sessionsOf } from "./listed-sessions";
import { RefusedError, refusalOf, storedCount } from "./stored-messages";

export interface ImportOptions {
  /** The user of the sessions. */
  userId?: string | undefined;
  /** Whether the server may learn facts about the user from the messages. */
  learn?: boolean | undefined;
  /** Whether to compare only, and store nothing. */
  dryRun?: boolean | undefined;
}

export interface Imported {
  sessionId: string;
  title: string | undefined;
  /** `other`: the session has other messages than the conversation. `failed`: the server refused it. */
  state: "new" | "grown" | "unchanged" | "empty" | "other" | "failed";
  /** The number of messages that were stored; in a dry run, that would be stored. */
  stored: number;
  /** The server's reasons for refusing messages or the session. */
  refused: string[];
}

/** The most messages and bytes of an append: the server takes 1,000 and 8 MiB. */
const MAX_MESSAGES = 1_000;
const MAX_BYTES = 7 * 1024 * 1024;

/** Statuses of failures that concern one conversation. All others end the import. */
const OF_ONE = [400, 409, 413, 422];

/**
 * Stores a conversation as a session, or its new messages in the session.
 * @throws {RefusedError} if the server refuses all conversations, for example without a token; the error of fetch if it
 *   cannot be reached
 */
async function importConversation(
  client: Client,
  { sessionId, title, messages }: Converted,
  { userId, learn = false, dryRun = false }: ImportOptions,
  listed: ReadonlyMap<string, ListedSession>,
): Promise<Imported> {
  const imported: Imported = { sessionId, title, state: "empty", stored: 0, refused: [] };
  if (messages.length === 0) return imported;
  if (endsAlike(listed.get(sessionId), messages)) return { ...imported, state: "unchanged" };
  try {
    const known = await storedCount(client, sessionId, messages);
    if (known === undefined) return { ...imported, state: "other" };
    if (known === messages.length) return { ...imported, state: "unchanged" };
    imported.state = known === 0 ? "new" : "grown";
    if (dryRun) return { ...imported, stored: messages.length - known };
    let named = title === undefined;
    for (const batch of batchesOf(messages.slice(known))) {
      const { appended, refused = [] } = await append(client, sessionId, batch, { userId, learn });
      imported.stored += appended;
      imported.refused.push(...refused.map(({ message }) => message));
      if (!named && appended > 0) await rename(client, sessionId, title ?? "");
      named = named || appended > 0;
    }
    return imported;
  } catch (error) {
    if (!(error instanceof RefusedError) || !OF_ONE.includes(error.status)) throw error;
    return { ...imported, state: "failed", refused: [...imported.refused, error.message] };
  }
}

async function append(
  client: Client,
  sessionId: string,
  batch: ConvertedMessage[],
  { userId, learn }: Pick<ImportOptions, "userId" | "learn">,
) {
  const response = await client.sessions[":sessionId"].messages.$post(
    {
      param: { sessionId: encodeURIComponent(sessionId) },
      json: {
        partial: true,
        ...(userId !== undefined && { userId }),
        ...(learn && { learn }),
        messages: batch.map(({ createdAt, ...message }) => ({
          ...message,
          ...(createdAt !== undefined && { createdAt: new Date(createdAt).toISOString() }),
        })),
      },
    },
    { headers: { "idempotency-key": crypto.randomUUID() } },
  );
  if (response.status !== 201) throw await refusalOf(response);
  return response.json();
}

async function rename(client: Client, sessionId: string, title: string): Promise<void> {
  const response = await client.sessions[":sessionId"].$patch({
    param: { sessionId: encodeURIComponent(sessionId) },
    json: { title },
  });
  if (response.status !== 200) throw await refusalOf(response);
}

const encoder = new TextEncoder();

/** Yields the messages in batches that the server takes. */
function* batchesOf(messages: readonly ConvertedMessage[]): Generator<ConvertedMessage[]> {
  let batch: ConvertedMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = encoder.encode(JSON.stringify(message)).length + 100;
    if (batch.length >= MAX_MESSAGES || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** The conversations that are stored at the same time: a request mostly waits. */
const AT_ONCE = 4;

/**
 * Stores conversations, some at a time, and yields the result of each. Reads the next conversation when one is stored.
 * @throws as {@link importConversation}
 */
export async function* importAll(
  client: Client,
  conversations: AsyncIterable<Converted>,
  options: ImportOptions,
): AsyncGenerator<{ conversation: Converted; imported: Imported }> {
  // With one list, a repeated import needs no request for most conversations.
  const listed = options.userId === undefined ? new Map() : await sessionsOf(client, options.userId);
  const running = new Map<string, Promise<{ conversation: Converted; imported: Imported }>>();
  for await (const conversation of conversations) {
    const { sessionId } = conversation;
    // A file may contain a conversation twice.
    while (running.size >= AT_ONCE || running.has(sessionId)) {
      const done = await Promise.race(running.values());
      running.delete(done.imported.sessionId);
      yield done;
    }
    const task = importConversation(client, conversation, options, listed).then((imported) => ({
      conversation,
      imported,
    }));
    // A failure is thrown when its turn comes, not as an unhandled rejection.
    task.catch(() => {});
    running.set(sessionId, task);
  }
  for (const task of running.values()) yield await task;
}
