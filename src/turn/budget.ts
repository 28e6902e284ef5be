/** Divides the model's window between system prompt, memory, question and reply. Sizes are tokens. */
import { fitTail } from "./fit-tail";
import type { FittedPrompt } from "./ports";
import { buildPrompt, fitContext } from "./prompt";
import { RECALL_OVERHEAD, speakerOf } from "./prompt-blocks";
import { sum } from "./sum";
import { estimateMessage, estimateTokens, PROMPT_OVERHEAD } from "./tokens";
import type { Budget, Context, PromptInput } from "./types";

/** The most that a reply may take of the room after system prompt and question. Memory takes the rest. */
const REPLY_SHARE = 3 / 4;
/** Twice the largest window of a Llama in the catalogue. Other models have the window `CONTEXT_TOKENS`. */
const MOST_TOKENS = 262_144;
/** Tokens around each text of a tool: quotes, names of fields, braces. */
const TOOL_TEXT_OVERHEAD = 8;
/** The least tokens of a reply, a sentence or two. A question that leaves fewer does not fit the window. */
const LEAST_REPLY = 64;

/** The input of a prompt before its tokens are estimated. */
type Unmeasured = Omit<PromptInput, "tail" | "questionTokens" | "tailTokens" | "systemTokens">;

/** The last system prompt with its tokens: most questions have the same one. */
let lastSystem = { content: "", tokens: estimateMessage({ content: "" }) };
function systemTokens(content: string, most: number): number {
  if (lastSystem.content !== content) lastSystem = { content, tokens: estimateMessage({ content }, most) };
  return lastSystem.tokens;
}

/** Returns more tokens than any window has: the estimate of a longer text stops there. */
const longest = ({ contextTokens }: Pick<PromptInput, "contextTokens">) => Math.max(MOST_TOKENS, contextTokens);

/** Adds the estimated tokens of each text. The Worker calls it once per input. */
export function measure(input: Unmeasured): PromptInput {
  const content = speakerOf({ role: "user", ...input }) + input.question;
  const questionTokens = estimateMessage({ content }, longest(input));
  return withSystemPrompt({ ...input, questionTokens, tailTokens: questionTokens }, input.systemPrompt);
}

/** Returns the input with another system prompt. Estimates only the tokens of that one. */
export function withSystemPrompt(input: Omit<PromptInput, "systemTokens">, systemPrompt: string): PromptInput {
  const tokens = PROMPT_OVERHEAD + systemTokens(systemPrompt, longest(input)) + toolTokens(input);
  return { ...input, systemPrompt, systemTokens: tokens };
}

/** Returns the tokens of everything but memory and reply. */
const fixedTokens = (input: PromptInput) => input.systemTokens + input.tailTokens;

/** Returns the tokens of tools and of a schema: they are part of the model's prompt. */
function toolTokens({ tools, format }: Unmeasured): number {
  const texts = tools?.list.flatMap(({ name, description, parameters }) => [name, description, parameters]) ?? [];
  if (format?.schema) texts.push(format.schema);
  return sum(texts, (text) => estimateTokens(text) + TOOL_TEXT_OVERHEAD);
}

/** The share of a window that stays free for the reply if tool results are shortened. */
const TAIL_REPLY = 1 / 4;

/** Shortens the results of calls, and their question, if they do not fit a window. Leaves other questions unchanged. */
function fitted(input: PromptInput, window: number): PromptInput {
  const { tail, systemTokens, maxTokens } = input;
  const room = window - systemTokens;
  if (!tail || input.tailTokens + Math.min(maxTokens, LEAST_REPLY) <= room) return input;
  const reply = Math.min(maxTokens, Math.max(LEAST_REPLY, Math.floor(room * TAIL_REPLY)));
  const fitting = fitTail(tail, room - reply);
  return fitting ? { ...input, tail: fitting.tail, tailTokens: fitting.tokens } : input;
}

/** Returns the tokens of memory and reply in a window; null if the question does not fit. */
function shares(input: PromptInput, window: number): { memory: number; reply: number } | null {
  const least = Math.min(input.maxTokens, LEAST_REPLY);
  const wanted = Math.min(input.contextTokens, window) - fixedTokens(input);
  // A question may exceed CONTEXT_TOKENS if it fits the model's window; then there is no memory.
  const room = wanted >= least ? wanted : window - fixedTokens(input);
  if (room < least) return null;
  const reply = Math.min(input.maxTokens, Math.max(LEAST_REPLY, Math.floor(room * REPLY_SHARE)));
  return { memory: wanted >= least ? room - reply : 0, reply };
}

/** Returns whether a question fits a window without any memory. Results of calls can be shortened later. */
export const fits = (input: PromptInput, window: number): boolean => shares(input, window) !== null;

/** Returns the tokens of memory and reply in a window. */
export function budgetOf(asked: PromptInput, window: number): Budget & { reply: number } {
  const input = fitted(asked, window);
  const { memory, reply } = shares(input, window) ?? { memory: 0, reply: input.maxTokens };
  const context = Math.max(0, memory - RECALL_OVERHEAD);
  return { context, recall: Math.min(input.recallTokens, context >> 1), reply };
}

/** Builds a prompt that fits a model's window; null if the question does not fit. */
export function promptOf(asked: PromptInput, context: Context, window: number): FittedPrompt | null {
  const input = fitted(asked, window);
  const share = shares(input, window);
  if (!share) return null;
  const fitting = fitContext(context, share.memory);
  const { facts, window: inWindow, recalled } = fitting.tokens;
  return {
    messages: buildPrompt({ ...input, context: fitting.context }),
    tokens: fixedTokens(input) + facts + inWindow + recalled,
    maxTokens: share.reply,
    context: fitting.context,
    shares: {
      system: input.systemTokens,
      facts,
      window: inWindow,
      recalled,
      question: input.tailTokens,
      reply: share.reply,
      limit: Math.max(Math.min(input.contextTokens, window), fixedTokens(input) + share.reply),
      modelWindow: window,
    },
  };
}
