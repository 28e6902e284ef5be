/** Keeps control tokens of Llama's chat templates out of model calls: tokenizers obey them anywhere in a text. */
import type { PromptMessage } from "../turn/types";

/**
 * Matches `<|eot_id|>` and every other `<|…|>`, also with invisible characters inside, which a server may strip. A name
 * contains no space, quote or backslash, so a match never spans two strings of a JSON text.
 */
const CONTROL_TOKEN = /<\p{DI}*\|([^|<>\p{Z}\t-\r"\\]+)\|\p{DI}*>/gu;

/** Rewrites `<|eot_id|>` as `<eot_id>`. Without a bar at either end, the result cannot complete another token. */
const rewritten = (text: string) => (text.includes("|") ? text.replace(CONTROL_TOKEN, "<$1>") : text);

/** Returns a JSON value with all control tokens in its strings and keys rewritten. */
export function withoutControlTokens<T extends object>(value: T): T {
  // Works on the JSON text, which contains every string. JSON.stringify escapes no character of a token.
  const json = JSON.stringify(value);
  const clean = rewritten(json);
  return clean === json ? value : JSON.parse(clean);
}

const ESCAPE = /\\(?:u([0-9a-f]{4})|.)/gi;

/** Decodes escapes such as `\u003c` in a JSON text, except those that JSON requires. */
const unescaped = (json: string) =>
  json.replace(ESCAPE, (escaped, digits?: string) => {
    const character = digits === undefined ? "" : String.fromCharCode(Number.parseInt(digits, 16));
    return /^[^\p{Cc}\p{Cs}"\\]$/u.test(character) ? character : escaped;
  });

/** Cleans the JSON arguments of a call. Chat templates decode them, so escaped tokens count too. */
function cleanArguments(json: string): string {
  const plain = json.includes("\\u") ? unescaped(json) : json;
  const clean = rewritten(plain);
  return clean === plain ? json : clean;
}

/** Whether a message may have control tokens. Escapes in the arguments of calls may hide a bar. */
const mayHaveToken = (message: PromptMessage) =>
  Object.values(message).some((value) => (typeof value === "string" ? value.includes("|") : value !== undefined));

/** Returns the messages of a prompt without control tokens. */
export const cleanMessages = (messages: PromptMessage[]): PromptMessage[] =>
  messages.some(mayHaveToken)
    ? withoutControlTokens(
        messages.map(({ toolCalls, ...message }) => ({
          ...message,
          toolCalls: toolCalls?.map((call) => ({ ...call, arguments: cleanArguments(call.arguments) })),
        })),
      )
    : messages;
