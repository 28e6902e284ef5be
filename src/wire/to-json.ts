/** Converts stored values to JSON of the API, with times in ISO 8601. */
import type { FinishedTurn, MemoryUsed, Message, RecalledMessage, StoredTurn } from "../turn/types";
import type { Fact } from "../turn/user-memory";

export const iso = (ms: number) => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export const toMessage = (stored: Message) => ({ ...stored, createdAt: iso(stored.createdAt) });

/** Returns a recalled message. @param own the session that recalled it: messages without a session belong to it */
export const toRecalled = (
  own: string,
  { sessionId = own, seq, score, words, meaning, role, name, content, from, to, createdAt }: RecalledMessage,
) => ({
  sessionId,
  seq,
  score,
  words,
  meaning,
  role,
  name,
  content,
  from,
  to,
  createdAt: iso(createdAt),
});

export const toMemory = (own: string, memory: MemoryUsed) => ({
  ...memory,
  hash: undefined,
  recalled: memory.recalled.map(({ sessionId = own, ...message }) => ({ sessionId, ...message })),
});

export const toAnswer = (
  sessionId: string,
  turnId: string,
  { answer, toolCalls, model, finishReason, usage, memory }: Omit<FinishedTurn, "status">,
) => ({
  answer,
  toolCalls,
  sessionId,
  turnId,
  model,
  finishReason,
  usage,
  memory: toMemory(sessionId, memory),
});

export const toTurn = (sessionId: string, turn: StoredTurn) => ({
  ...toAnswer(sessionId, turn.id, turn),
  status: turn.status,
  question: turn.question,
  createdAt: iso(turn.createdAt),
  finishedAt: isoOrNull(turn.finishedAt),
});

export const toFact = ({ id, text, pinned, since, until, sources, writtenBy, createdAt, updatedAt }: Fact) => ({
  ...{ id, text, pinned, since, until, sources, writtenBy },
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
});
