/** How the model's window is shared out between system prompt, memory, question and reply. Sizes are tokens. */
import type { FittedPrompt } from "./ports";
import { buildPrompt, fitContext } from "./prompt";
import { RECALL_OVERHEAD } from "./prompt-blocks";
import { estimateMessage, estimateTokens, PROMPT_OVERHEAD } from "./tokens";
import type { Ask, Budget, Context } from "./types";

/** The share of what system prompt and question leave that a reply may take: the rest is the memory's. */
const REPLY_SHARE = 3 / 4;
/** What stands around each thing that is told of a tool: quotes, names of fields, braces. */
const TOLD_OVERHEAD = 8;
/** A window that leaves a reply less than this is too small for its question. */
const LEAST_REPLY = 64;

/** An ask, and what of it takes tokens whatever the memory: each text is estimated once. */
export interface MeasuredAsk extends Ask {
  questionTokens: number;
  /** The question with its calls and their results. */
  tailTokens: number;
  /** System prompt, tools and the template's own. */
  systemTokens: number;
}

/** What a system prompt takes: the same from ask to ask. */
let lastSystem = { content: "", tokens: estimateMessage({ content: "" }) };
function systemTokens(content: string): number {
  if (lastSystem.content !== content) lastSystem = { content, tokens: estimateMessage({ content }) };
  return lastSystem.tokens;
}

export function measure(ask: Ask): MeasuredAsk {
  const questionTokens = estimateMessage({ content: ask.question });
  const tailTokens = ask.tail?.reduce((sum, message) => sum + estimateMessage(message), 0) ?? questionTokens;
  const atHead = PROMPT_OVERHEAD + systemTokens(ask.systemPrompt) + toolTokens(ask);
  return { ...ask, questionTokens, tailTokens, systemTokens: atHead };
}

/** What an ask takes whatever the memory. */
const fixedTokens = (ask: MeasuredAsk) => ask.systemTokens + ask.tailTokens;

/** What a model is told of tools and of a schema stands in its prompt too, in whatever form it has them. */
function toolTokens({ tools, format }: Ask): number {
  const told = tools?.list.flatMap(({ name, description, parameters }) => [name, description, parameters]) ?? [];
  if (format?.schema) told.push(format.schema);
  return told.reduce((sum, text) => sum + estimateTokens(text) + TOLD_OVERHEAD, 0);
}

/** How much the memory and the reply may take in a window; null where not even the question fits. */
function shares(ask: MeasuredAsk, window: number): { memory: number; reply: number } | null {
  const least = Math.min(ask.maxTokens, LEAST_REPLY);
  const wanted = Math.min(ask.contextTokens, window) - fixedTokens(ask);
  // A question that fills CONTEXT_TOKENS by itself may still be asked where the model's window has room for it.
  const room = wanted >= least ? wanted : window - fixedTokens(ask);
  if (room < least) return null;
  const reply = Math.max(least, Math.min(ask.maxTokens, Math.floor(room * REPLY_SHARE)));
  return { memory: wanted >= least ? room - reply : 0, reply };
}

/** The memory's budget in a window, and what the reply may have. */
export function budgetOf(ask: MeasuredAsk, window: number): Budget & { reply: number } {
  const { memory, reply } = shares(ask, window) ?? { memory: 0, reply: ask.maxTokens };
  const context = Math.max(0, memory - RECALL_OVERHEAD);
  return { context, recall: Math.min(ask.recallTokens, context >> 1), reply };
}

/** The prompt of an ask within a model's window; null where not even the question fits. */
export function promptOf(ask: MeasuredAsk, context: Context, window: number): FittedPrompt | null {
  const share = shares(ask, window);
  if (!share) return null;
  const fitted = fitContext(context, share.memory);
  const { facts, window: inWindow, recalled } = fitted.tokens;
  return {
    messages: buildPrompt({ ...ask, context: fitted.context }),
    tokens: fixedTokens(ask) + facts + inWindow + recalled,
    maxTokens: share.reply,
    context: fitted.context,
    shares: {
      ...{ system: ask.systemTokens, facts, window: inWindow, recalled, question: ask.tailTokens },
      reply: share.reply,
      limit: Math.max(Math.min(ask.contextTokens, window), fixedTokens(ask) + share.reply),
      modelWindow: window,
    },
  };
}
