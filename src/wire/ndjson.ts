/**
 * Writes a session as NDJSON: a head, messages and turns in order, and an end with the number of messages. A user: a head,
 * sessions, each after a line with its id and settings, facts, and an end.
 */
import type { Entry, ExportedTurn, MemoryUsed, ToolCall } from "../turn/types";
import type { ExportedFact } from "../turn/user-memory";
import { iso } from "./to-json";

const jsonLine = (value: object) => `${JSON.stringify(value)}\n`;

/** Copies fields by name, so that exporting an imported session gives the same bytes. */
const memoryOf = ({ tokens, window, recalled, recall, omitted, prompt }: MemoryUsed) => ({
  tokens,
  window: window && {
    fromSeq: window.fromSeq,
    toSeq: window.toSeq,
    shortened: window.shortened?.map(({ seq, leftOut }) => ({ seq, leftOut })),
  },
  // Omits messages of other sessions, because an export does not contain session ids.
  recalled: recalled
    .filter(({ sessionId }) => sessionId === undefined)
    .map(({ seq, score, words, meaning, from, to }) => ({ seq, score, words, meaning, from, to })),
  recall,
  omitted,
  prompt: prompt && {
    ...{ system: prompt.system, facts: prompt.facts, window: prompt.window, recalled: prompt.recalled },
    ...{ question: prompt.question, reply: prompt.reply, limit: prompt.limit, modelWindow: prompt.modelWindow },
  },
});

const callsOf = (calls: ToolCall[] | undefined) =>
  calls?.map(({ id, name, arguments: json }) => ({ id, name, arguments: json }));

const turnOf = ({ id, question, answer, status, model, finishReason, usage, memory, ...turn }: ExportedTurn) => ({
  id,
  results: turn.results?.map(({ callId, content }) => ({ callId, content })),
  question,
  answer,
  toolCalls: callsOf(turn.toolCalls),
  status,
  model,
  finishReason,
  usage: { promptTokens: usage.promptTokens, completionTokens: usage.completionTokens, totalTokens: usage.totalTokens },
  memory: memoryOf(memory),
  createdAt: iso(turn.createdAt),
  finishedAt: iso(turn.finishedAt),
});

/** Returns the first line. @param title the title, if the session was renamed */
export const headLine = (title: string | undefined) => jsonLine({ llamory: "session", version: 1, title });

export function entryLine(entry: Entry): string {
  if ("turn" in entry) return jsonLine({ turn: turnOf(entry.turn) });
  const { role, name, content, toolCalls, toolCallId, createdAt } = entry.message;
  const at = createdAt === undefined ? undefined : iso(createdAt);
  return jsonLine({ message: { role, name, content, toolCalls: callsOf(toolCalls), toolCallId, createdAt: at } });
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
