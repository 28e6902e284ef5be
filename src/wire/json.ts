/** What the inside knows, as it goes over the wire: times as ISO 8601. */
import type { FinishedTurn, Message, RecalledMessage, StoredTurn } from "../turn/types";

export const iso = (ms: number) => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export const toMessage = (stored: Message) => ({ ...stored, createdAt: iso(stored.createdAt) });

export const toRecalled = ({ seq, score, words, meaning, role, name, content, createdAt }: RecalledMessage) => ({
  seq,
  score,
  words,
  meaning,
  role,
  ...(name !== undefined && { name }),
  content,
  createdAt: iso(createdAt),
});

export const toAnswer = (
  sessionId: string,
  turnId: string,
  { answer, toolCalls, model, finishReason, usage, memory }: Omit<FinishedTurn, "status">,
) => ({ answer, ...(toolCalls && { toolCalls }), sessionId, turnId, model, finishReason, usage, memory });

export const toTurn = (sessionId: string, turn: StoredTurn) => ({
  ...toAnswer(sessionId, turn.id, turn),
  status: turn.status,
  question: turn.question,
  createdAt: iso(turn.createdAt),
  finishedAt: isoOrNull(turn.finishedAt),
});
