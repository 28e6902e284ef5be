/**
 * Writes a session as NDJSON: a head, messages and turns in order, and an end with the number of messages. A user: a head,
 * sessions, each after a line with its id and settings, facts, and an end.
 */
import type { Entry, ExportedTurn } from "../turn/types";
import type { ExportedFact } from "../turn/user-memory";
import { iso } from "./to-json";

const jsonLine = (value: object) => `${JSON.stringify(value)}\n`;

const turnOf = ({ id, results, question, answer, toolCalls, status, model, finishReason, ...turn }: ExportedTurn) => ({
  ...{ id, results, question, answer, toolCalls, status, model, finishReason, usage: turn.usage },
  memory: {
    ...turn.memory,
    hash: undefined,
    // An export names neither users nor other sessions.
    user: undefined,
    recalled: turn.memory.recalled.filter(({ sessionId }) => sessionId === undefined),
  },
  createdAt: iso(turn.createdAt),
  finishedAt: iso(turn.finishedAt),
});

/** Returns the first line. @param title the title, if the session was renamed */
export const headLine = (title: string | undefined) => jsonLine({ llamory: "session", version: 1, title });

export function entryLine(entry: Entry): string {
  if ("turn" in entry) return jsonLine({ turn: turnOf(entry.turn) });
  const { createdAt, ...message } = entry.message;
  return jsonLine({ message: { ...message, createdAt: createdAt === undefined ? undefined : iso(createdAt) } });
}

/** Returns the number of messages of an entry. */
export const lengthOf = (entry: Entry): number =>
  "message" in entry ? 1 : 1 + (entry.turn.results?.length ?? 0) + (entry.turn.question === undefined ? 0 : 1);

/** Returns the last line. An export without it is incomplete. */
export const endLine = (messages: number) => jsonLine({ end: { messages } });

/** Returns the first line of a page of a user. */
export const userLine = () => jsonLine({ llamory: "user", version: 1 });

/** Returns the line before a session of a user. */
export const sessionLine = (session: {
  sessionId: string;
  instructions?: string | undefined;
  timeZone?: string | undefined;
}) => jsonLine({ session });

export const factLine = ({ id, versions }: ExportedFact) =>
  jsonLine({
    fact: {
      id,
      versions: versions.map((one) => ({ ...one, createdAt: iso(one.createdAt), updatedAt: iso(one.updatedAt) })),
    },
  });

/** Returns the last line of a page of a user. @param counts the sessions and facts of the page, and the next page */
export const userEndLine = (counts: { sessions: number; facts: number; nextCursor: string | null }) =>
  jsonLine({ end: counts });
