/** Shortens a message of a transcript to a number of tokens of a prompt. */
import { dateTokens, lineTokens, markTokens, RECORD_TOKENS } from "./prompt-blocks";
import { shorten } from "./shorten";
import { sum } from "./sum";
import { CALL_OVERHEAD, estimateTokens, MARK_OVERHEAD, MESSAGE_OVERHEAD } from "./tokens";
import type { Message } from "./types";

/** The least tokens of a shortened text: its mark and a few words. */
const LEAST = 28;
/** Returns the most tokens of a name: a token has at least two characters. */
const nameTokens = (name = "") => Math.ceil(name.length / 2);
/** Tokens of shortened arguments beside their text: braces, a field name, escaped characters. */
const JSON_OVERHEAD = 8;

/** Returns the least tokens that a message of a window can be shortened to. */
export function leastTokens(message: Message): number {
  const { role, name, toolCalls = [] } = message;
  const calls = sum(toolCalls, (call) => CALL_OVERHEAD + nameTokens(call.name) + JSON_OVERHEAD + LEAST);
  // Each line of a quoted system message has a mark of its own.
  const text = role === "system" ? RECORD_TOKENS + LEAST * (1 + MARK_OVERHEAD) : LEAST;
  return Math.min(lineTokens(message), MESSAGE_OVERHEAD + nameTokens(name) + text + calls + dateTokens(message));
}

/**
 * Shortens a message's content and arguments in their middle, to at most a number of tokens of a window.
 * @param most at least {@link leastTokens}
 */
export function shortenMessage(message: Message, most: number): Message {
  if (lineTokens(message) <= most) return message;
  if (message.role !== "system") return shortenTo(message, most - dateTokens(message));
  const room = most - RECORD_TOKENS;
  // Each quoted line has a mark. Assumes the message's average first, then the maximum.
  const marks = markTokens(message) / message.tokens;
  const shortened = shortenTo(message, room / (1 + 1.2 * marks));
  return lineTokens(shortened) <= most ? shortened : shortenTo(message, room / (1 + MARK_OVERHEAD));
}

/** Shortens a message to a number of tokens without its date and the marks of a quotation. */
function shortenTo(message: Message, room: number): Message {
  const { content, toolCalls = [], name } = message;
  const names = sum(toolCalls, (call) => CALL_OVERHEAD + estimateTokens(call.name));
  const speaker = name === undefined ? 0 : estimateTokens(`${name}: `);
  const fixed = MESSAGE_OVERHEAD + speaker + names;
  // Content and arguments share the room equally.
  const share = Math.max(0, Math.floor((room - fixed) / (toolCalls.length + (content === "" ? 0 : 1))));
  const contentTokens = toolCalls.length === 0 ? message.tokens - fixed : estimateTokens(content);
  const said = content === "" ? { text: "", tokens: 0, leftOut: 0 } : shorten(content, contentTokens, share);
  let { tokens, leftOut } = said;
  const calls = toolCalls.map((call) => {
    const json = shorten(call.arguments, estimateTokens(call.arguments), share - JSON_OVERHEAD);
    tokens += json.tokens + (json.leftOut > 0 ? JSON_OVERHEAD : 0);
    leftOut += json.leftOut;
    // Model servers parse arguments: they stay an object.
    return json.leftOut > 0 ? { ...call, arguments: JSON.stringify({ shortened: json.text }) } : call;
  });
  return {
    ...message,
    content: said.text,
    ...(toolCalls.length > 0 && { toolCalls: calls }),
    tokens: fixed + tokens,
    leftOut,
  };
}
