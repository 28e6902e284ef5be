/** The messages that the model gets. */
import type { Context, MemoryUsed, Message, PromptMessage } from "./ports";
import { estimatePrompt } from "./tokens";

export interface PromptParts {
  systemPrompt: string;
  context: Context;
  question: string;
}

const CUT_OFF = " […cut off here]";

/** The speaker is told where a person has a name; an answer that began with one would teach the model to do so too. */
const line = ({ role, name, content, status }: Message): PromptMessage => ({
  role,
  content: `${role === "user" && name !== undefined ? `${name}: ` : ""}${content}${role === "assistant" && status !== "complete" ? CUT_OFF : ""}`,
});

/**
 * System prompt, window, recalled messages, question.
 *
 * What changes least stands first, so that the model's prefix cache serves the head of the prompt from turn to turn.
 */
export function buildPrompt({ systemPrompt, context, question }: PromptParts): PromptMessage[] {
  return [{ role: "system", content: systemPrompt }, ...context.window.map(line), { role: "user", content: question }];
}

/** A prompt, and what of the context is in it. */
export interface FittedPrompt {
  messages: PromptMessage[];
  context: Context;
}

/**
 * The prompt within so many tokens: the oldest messages of the window are left out first.
 * @returns null where not even system prompt and question fit
 */
export function fitPrompt(parts: PromptParts, tokens: number): FittedPrompt | null {
  let context = parts.context;
  for (;;) {
    const messages = buildPrompt({ ...parts, context });
    if (estimatePrompt(messages) <= tokens) return { messages, context };
    if (context.window.length === 0) return null;
    context = { ...context, window: dropOldest(context.window) };
  }
}

/** Drops an eighth, at least one, and goes on to the next user message. */
function dropOldest(window: Message[]): Message[] {
  const rest = window.slice(Math.max(1, window.length >> 3));
  const start = rest.findIndex((message) => message.role === "user");
  return start === -1 ? [] : rest.slice(start);
}

/** What the answer says of its context. */
export function memoryUsed({ window, recalled, total }: Context): MemoryUsed {
  const first = window[0];
  const last = window.at(-1);
  return {
    tokens: [...window, ...recalled].reduce((sum, message) => sum + message.tokens, 0),
    window: first && last ? { fromSeq: first.seq, toSeq: last.seq } : null,
    recalled: recalled.map(({ seq, score }) => ({ seq, score })),
    omitted: total - window.length - recalled.length,
  };
}
