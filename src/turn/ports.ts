/** What a turn needs from outside: `llm/` implements {@link Model}, `do/` implements {@link Journal}. */
import type { Result } from "./result";
import type { Sampling } from "./sampling";
import type {
  AnswerFormat,
  Context,
  FinishedTurn,
  FinishReason,
  PromptMessage,
  PromptShares,
  ToolCall,
  Tools,
  Usage,
} from "./types";

/** A prompt that leaves room for its reply, and what of the context is in it. */
export interface FittedPrompt {
  messages: PromptMessage[];
  /** Estimated tokens of the prompt. */
  tokens: number;
  /** Tokens that the reply may have. */
  maxTokens: number;
  context: Context;
  /** Absent for a prompt that is no question's. */
  shares?: PromptShares;
}

/** One call of the model. */
export interface ModelCall {
  /** The prompt for a model with a window of so many tokens; null where none fits. */
  prompt: (window: number) => FittedPrompt | null;
  sampling: Sampling;
  /** What it may call. */
  tools?: Tools | undefined;
  /** What its answer must be; it may call functions instead. */
  format?: AnswerFormat | undefined;
}

/** How a reply ended. */
export interface ModelEnd {
  finishReason: FinishReason;
  toolCalls?: ToolCall[] | undefined;
  usage: Usage;
  /** Whether the answer is a refusal. */
  refused?: boolean | undefined;
}

/** A piece of what a model says. Reasoning is no part of the answer; a refusal is an answer. */
export interface AnswerPart {
  kind: "text" | "reasoning" | "refusal";
  text: string;
}

export interface Completion extends ModelEnd {
  text: string;
  /** What the model thought before it answered: no part of the answer. */
  reasoning: string;
  model: string;
}

export interface ModelStream {
  model: string;
  /** Reads the answer to its end, part by part as it is made. */
  read: (onPart: (part: AnswerPart) => void) => Promise<Result<ModelEnd>>;
}

export interface Model {
  /** The window of the first model, in tokens. */
  readonly window: number;
  /** The whole answer at once. An abort of the signal cancels the call. */
  complete(call: ModelCall, signal: AbortSignal): Promise<Result<Completion>>;
  /** The answer as it is made. An abort cancels the call, or the stream once it has begun. */
  stream(call: ModelCall, signal: AbortSignal): Promise<Result<ModelStream>>;
}

/** What is written of one turn. Each call is one transaction; it throws where that fails. */
export interface Journal {
  /** Writes the question, before there is an answer. */
  begin(): void;
  /** Writes what was said so far, for the case that the rest is lost. */
  save(snapshot: FinishedTurn): void;
  /** Writes the answer, and the question where it is not written yet. */
  finish(finished: FinishedTurn): void;
  /** Takes the question back. */
  rollBack(): void;
  /** Resolves when all that was written is durable. */
  durable(): Promise<void>;
}

/** The journal of a turn that nobody remembers. */
export const noJournal: Journal = {
  begin: () => {},
  save: () => {},
  finish: () => {},
  rollBack: () => {},
  durable: async () => {},
};
