/** Rows of messages, and messages of rows. */
import type { Message, NewMessage, Role, TurnStatus } from "../../turn/types";

/** How a message is marked whose turn was deleted: its row stays, without what was said, so that `seq` has no gaps. */
export const WITHDRAWN = "withdrawn";

const select = (turn: string, status: string) =>
  `SELECT m.seq, ${turn}, m.role, m.name, m.content, m.tokens, m.created_at, m.calls, m.call_id, ${status} FROM messages m
   WHERE m.status IS NOT '${WITHDRAWN}' AND`;

/** As a prompt needs them: without their turns, which takes a look-up less for each question. */
export const SAID = select("NULL", "coalesce(m.status, 'complete')");

/** As a transcript shows them: the status of a question and of results is that of the answer, the next of the assistant's. */
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

/** How much of a reply a message takes, in characters. */
export const charactersOf = ({ content, toolCalls = [] }: Message): number =>
  toolCalls.reduce((sum, call) => sum + call.arguments.length, content.length);

/** Returns whether a message has no text to recall: what functions were called with, and what they returned, is not quoted. */
export const isQuiet = ({ role, content, toolCalls }: NewMessage): boolean =>
  role === "tool" || (toolCalls !== undefined && content === "");
