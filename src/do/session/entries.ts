/** Pieces of an exported session, from messages and turns and back. */
import { MAX_CALLS } from "../../limits";
import { saidOf } from "../../turn/tool-calls";
import type { Entry, ExportedTurn, Message, NewMessage, StoredTurn } from "../../turn/types";
import { answerOf, type Messages, type StoredMessage } from "../memory/messages";
import type { TurnRows } from "./turn-rows";

/** Messages of a turn: results, a question, an answer. */
export const MOST_OF_TURN = MAX_CALLS + 2;

/**
 * Pieces of a session behind one `seq` up to another; each says up to where it goes. A turn comes whole, with its answer;
 * one that runs does not come.
 * @param limit messages to read: {@link MOST_OF_TURN} at least, or a turn of so many never comes
 */
export function* entriesOf(
  { messages, turns }: { messages: Messages; turns: TurnRows },
  { after, last, limit }: { after: number; last: number; limit: number },
): Generator<{ seq: number; entry: Entry | null }> {
  let own: Message[] = [];
  for (const message of messages.between(after, last, limit)) {
    const { seq, turnId, role } = message;
    if (turnId === undefined) yield { seq, entry: messageEntry(message) };
    else if (role !== "assistant") own.push(message);
    else {
      const turn = turns.get(turnId);
      yield { seq, entry: turn ? turnEntry(turn, own) : null };
      own = [];
    }
  }
}

const messageEntry = ({ role, name, content, toolCalls, toolCallId, createdAt }: Message): Entry => ({
  message: { role, name, content, toolCalls, toolCallId, createdAt },
});

/** @param own the turn's messages before its answer */
function turnEntry(turn: StoredTurn, own: Message[]): Entry | null {
  const { id, createdAt, finishedAt, status, question, answer, toolCalls, model, finishReason, usage, memory } = turn;
  if (status === "running" || finishedAt === null) return null;
  const results = own.flatMap(({ toolCallId: callId, content }) => (callId === undefined ? [] : [{ callId, content }]));
  const exported: ExportedTurn = {
    ...{ id, results: results.length > 0 ? results : undefined },
    question: own.at(-1)?.role === "user" ? question : undefined,
    ...{ answer, toolCalls, status, model, finishReason, usage, memory, createdAt, finishedAt },
  };
  return { turn: exported };
}

/** The messages of a turn: those before its answer, and the answer. */
export function messagesOf({ results = [], question = "", createdAt, finishedAt, ...turn }: ExportedTurn): {
  said: NewMessage[];
  answer: StoredMessage;
} {
  return { said: saidOf(results, question, createdAt), answer: answerOf(turn, finishedAt) };
}
