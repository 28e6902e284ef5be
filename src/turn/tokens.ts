/**
 * How many tokens a text has for Llama 3, estimated.
 *
 * The true tokenizer is megabytes of vocabulary and start-up time that a Worker does not have.
 */

/** Special tokens of one message in Llama 3's chat template: start, role, end, blank line, end of turn. */
export const MESSAGE_OVERHEAD = 5;

/** Begin of text, the header of the reply, and the two dates that Llama 3.1's template puts into the system message. */
export const PROMPT_OVERHEAD = 40;

const utf8 = new TextEncoder();

/** Estimated tokens of a text. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8.encode(text).length / 2.5);
}

/** Estimated tokens that a message takes in a prompt, with its speaker and the template's overhead. */
export function estimateMessage(message: { name?: string | undefined; content: string }): number {
  return (
    MESSAGE_OVERHEAD +
    estimateTokens(message.name === undefined ? message.content : `${message.name}: ${message.content}`)
  );
}

/** Estimated tokens of a whole prompt. */
export function estimatePrompt(messages: { content: string }[]): number {
  return messages.reduce((sum, message) => sum + estimateMessage(message), PROMPT_OVERHEAD);
}
