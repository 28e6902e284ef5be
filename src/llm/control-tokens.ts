/** Keeps the control tokens of Llama's chat templates out of model calls: a tokenizer reads them wherever they occur. */
import type { PromptMessage } from "../turn/types";

/**
 * `<|eot_id|>` and every other `<|…|>`, also with invisible characters in it, which a server may strip. A name contains
 * no space, quote or backslash, so that a match never spans two strings of a JSON text.
 */
const CONTROL_TOKEN = /<\p{DI}*\|([^|<>\s"\\]+)\|\p{DI}*>/gu;

/** `<|eot_id|>` becomes `<eot_id>`. The replacement begins and ends without a bar, so it completes no other token. */
const rewritten = (text: string) => text.replace(CONTROL_TOKEN, "<$1>");

/** Returns a JSON value with the control tokens in all its strings and keys rewritten. */
export function withoutControlTokens<T extends object>(value: T): T {
  // One pass over the text reaches every string, and JSON.stringify escapes none of a token's characters.
  const json = JSON.stringify(value);
  const clean = rewritten(json);
  return clean === json ? value : JSON.parse(clean);
}

const ESCAPE = /\\(?:u([0-9a-f]{4})|.)/gi;

/** Decodes escapes such as `\u003c` of a JSON text; those that JSON requires stay. */
const unescaped = (json: string) =>
  json.replace(ESCAPE, (escaped, digits?: string) => {
    const character = digits === undefined ? "" : String.fromCharCode(Number.parseInt(digits, 16));
    return /^[^\p{Cc}\p{Cs}"\\]$/u.test(character) ? character : escaped;
  });

/** Arguments of a call are JSON, which chat templates decode: a token in them may be escaped. */
function cleanArguments(json: string): string {
  const plain = json.includes("\\u") ? unescaped(json) : json;
  const clean = rewritten(plain);
  return clean === plain ? json : clean;
}

/** Returns the messages of a prompt as the model receives them. */
export const cleanMessages = (messages: PromptMessage[]): PromptMessage[] =>
  withoutControlTokens(
    messages.map(({ toolCalls, ...message }) => ({
      ...message,
      ...(toolCalls && {
        toolCalls: toolCalls.map((call) => ({ ...call, arguments: cleanArguments(call.arguments) })),
      }),
    })),
  );
