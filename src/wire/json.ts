/** What the inside knows, as it goes over the wire: times as ISO 8601. */
import type * as z from "zod";
import type { askResponse, message, turnResponse } from "../schema";
import type { FinishedTurn, Message, RecalledMessage, StoredTurn } from "../turn/types";

export const iso = (ms: number) => new Date(ms).toISOString();

export const toMessage = (stored: Message): z.input<typeof message> => ({
  ...stored,
  createdAt: iso(stored.createdAt),
});

export const toRecalled = ({ seq, score, role, name, content, createdAt }: RecalledMessage) => ({
  seq,
  score,
  role,
  ...(name !== undefined && { name }),
  content,
  createdAt: iso(createdAt),
});

export const toAnswer = (sessionId: string, turn: FinishedTurn & { turnId: string }): z.input<typeof askResponse> => ({
  answer: turn.answer,
  sessionId,
  turnId: turn.turnId,
  model: turn.model,
  finishReason: turn.finishReason,
  usage: turn.usage,
  memory: turn.memory,
});

export const toTurn = (sessionId: string, turn: StoredTurn): z.input<typeof turnResponse> => ({
  turnId: turn.id,
  sessionId,
  status: turn.status,
  question: turn.question,
  answer: turn.answer,
  model: turn.model,
  finishReason: turn.finishReason,
  usage: turn.usage,
  memory: turn.memory,
  createdAt: iso(turn.createdAt),
  finishedAt: turn.finishedAt === null ? null : iso(turn.finishedAt),
});
