/** Converts messages and turns to the entries of an export, and back. */
import { MAX_CALLS } from "../../limits";
import { messagesBeforeAnswer } from "../../turn/tool-calls";
import type { Entry, ExportedTurn, Message, NewMessage, StoredTurn } from "../../turn/types";
import { answerOf, type Messages } from "../memory/messages";
import type { TurnRows } from "./turn-rows";

/** The most messages of a turn: tool results, a question, an answer. */
export const MOST_OF_TURN = MAX_CALLS + 2;

/**
 * Yields the entries of the messages after one `seq` up to another, each with its last `seq`. Skips turns without an answer.
 * @param isCut whether later messages are left out: a question at `last`, without its answer, is then a message
 * @param limit messages to read, at least {@link MOST_OF_TURN}: otherwise a long turn is never yielded
 */
export function* entriesOf(
  { messages, turns }: { messages: Messages; turns: TurnRows },
  { after, last, limit, isCut = false }: { after: number; last: number; limit: number; isCut?: boolean },
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
  const asked = own.at(-1);
  if (isCut && asked?.seq === last && asked.role === "user") yield { seq: last, entry: messageEntry(asked) };
}

const messageEntry = ({ role, name, content, toolCalls, toolCallId, createdAt }: Message): Entry => ({
  message: { role, name, content, toolCalls, toolCallId, createdAt },
});

/** @param own the messages of the turn before its answer */
function turnEntry(turn: StoredTurn, own: Message[]): Entry | null {
  const { status, finishedAt } = turn;
  if (status === "running" || finishedAt === null) return null;
  const results = own.flatMap(({ toolCallId: callId, content }) => (callId === undefined ? [] : [{ callId, content }]));
  const question = own.at(-1)?.role === "user" ? turn.question : undefined;
  return { turn: { ...turn, status, finishedAt, question, results: results.length > 0 ? results : undefined } };
}

/** Returns the messages of a turn. */
export function messagesOf({ results = [], question = "", createdAt, finishedAt, ...turn }: ExportedTurn): {
  before: NewMessage[];
  answer: NewMessage;
} {
  return { before: messagesBeforeAnswer(results, question, createdAt), answer: answerOf(turn, finishedAt) };
}
