/** Recognizes unchanged sessions by the list of a user's sessions. */
import type { Client } from "llamory/client";
import type { ConvertedMessage } from "../converters/converted";
import { refusalOf } from "./stored-messages";

export interface ListedSession {
  messages: number;
  /** ISO 8601. */
  lastAt: string | null;
}

/** The most pages of a list, of 100 sessions each. Sessions behind them are compared one by one. */
const MAX_PAGES = 200;

/** Returns the sessions of a user by id. */
export async function sessionsOf(client: Client, userId: string): Promise<Map<string, ListedSession>> {
  const listed = new Map<string, ListedSession>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { limit: "100", ...(cursor !== undefined && { cursor }) };
    const response = await client.users[":userId"].sessions.$get({
      param: { userId: encodeURIComponent(userId) },
      query,
    });
    if (response.status !== 200) throw await refusalOf(response);
    const { data, nextCursor } = await response.json();
    for (const { sessionId, messages, lastAt } of data) listed.set(sessionId, { messages, lastAt });
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return listed;
}

/** Returns whether a session has as many messages as a conversation, and the same time of the last one. */
export function endsAlike(session: ListedSession | undefined, messages: readonly ConvertedMessage[]): boolean {
  const last = messages.at(-1)?.createdAt;
  const lastAt = session?.lastAt ?? null;
  return last !== undefined && lastAt !== null && session?.messages === messages.length && Date.parse(lastAt) === last;
}
