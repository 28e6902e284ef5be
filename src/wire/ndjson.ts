/** A session as lines of JSON: what it is, its messages and turns in order, and how many they were. */
import type { Entry, ExportedTurn, MemoryUsed, ToolCall } from "../turn/types";
import { iso } from "./to-json";

const line = (value: object) => `${JSON.stringify(value)}\n`;

/** Fields are named one by one, so that what was imported is exported again byte by byte. */
const memoryOf = ({ tokens, window, recalled, recall, omitted, prompt }: MemoryUsed) => ({
  tokens,
  window: window && {
    fromSeq: window.fromSeq,
    toSeq: window.toSeq,
    shortened: window.shortened?.map(({ seq, leftOut }) => ({ seq, leftOut })),
  },
  // What was recalled of other sessions is left out: an export names none.
  recalled: recalled
    .filter(({ sessionId }) => sessionId === undefined)
    .map(({ seq, score, words, meaning }) => ({ seq, score, words, meaning })),
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

/** The first line; it names no session. @param title the one that the session was given */
export const headLine = (title: string | undefined) => line({ llamory: "session", version: 1, title });

export function entryLine(entry: Entry): string {
  if ("turn" in entry) return line({ turn: turnOf(entry.turn) });
  const { role, name, content, toolCalls, toolCallId, createdAt } = entry.message;
  const at = createdAt === undefined ? undefined : iso(createdAt);
  return line({ message: { role, name, content, toolCalls: callsOf(toolCalls), toolCallId, createdAt: at } });
}

/** How many messages a piece of a session has. */
export const lengthOf = (entry: Entry): number =>
  "message" in entry ? 1 : 1 + (entry.turn.results?.length ?? 0) + (entry.turn.question === undefined ? 0 : 1);

/** The last line: without it a file is not whole. */
export const endLine = (messages: number) => line({ end: { messages } });
