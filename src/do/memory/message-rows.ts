/** Converts rows of the database to messages. */
import { sum } from "../../turn/sum";
import type { Message, NewMessage, Role, TurnStatus } from "../../turn/types";

/** The status of a message after its turn was deleted. Its row stays, without content, so that `seq` has no gaps. */
export const WITHDRAWN = "withdrawn";

const select = (turn: string, status: string) =>
  `SELECT m.seq, ${turn}, m.role, m.name, m.content, m.tokens, m.created_at, m.calls, m.call_id, ${status} FROM messages m
   WHERE m.status IS NOT '${WITHDRAWN}' AND`;

/** Selects messages for a prompt, without their turns: that saves a look-up for each question. */
export const SAID = select("NULL", "coalesce(m.status, 'complete')");

/**
 * Selects messages for a transcript. Questions and tool results get the status of their answer, which is the next
 * message of the assistant.
 */
export const SHOWN = select(
  "m.turn",
  `CASE WHEN m.turn IS NULL OR m.role = 'assistant' THEN coalesce(m.status, 'complete') ELSE coalesce(
    (SELECT CASE WHEN a.turn = m.turn THEN coalesce(a.status, 'complete') END FROM messages a
     WHERE a.seq > m.seq AND a.role = 'assistant' ORDER BY a.seq LIMIT 1), 'running') END`,
);

export type Columns = [
  seq: number,
  turn: string | null,
  role: Role,
  name: string | null,
  content: string,
  tokens: number,
  createdAt: number,
  calls: string | null,
  callId: string | null,
  status: TurnStatus,
];

export const toMessage = ([
  seq,
  turn,
  role,
  name,
  content,
  tokens,
  createdAt,
  calls,
  callId,
  status,
]: Columns): Message => ({
  seq,
  role,
  ...(name !== null && { name }),
  content,
  ...(calls !== null && { toolCalls: JSON.parse(calls) }),
  ...(callId !== null && { toolCallId: callId }),
  tokens,
  createdAt,
  ...(turn !== null && { turnId: turn }),
  status,
});

/** Returns the characters that a message takes in a reply. */
export const charactersOf = ({ content, toolCalls }: Message): number =>
  content.length + (toolCalls ? sum(toolCalls, (call) => call.arguments.length) : 0);

/** Returns whether a message has no text to recall: arguments and results of functions are not quoted. */
export const isQuiet = ({ role, content }: NewMessage): boolean => role === "tool" || content === "";

/** The same in SQL. */
export const NOT_QUIET = "role != 'tool' AND content != ''";
