/** The interfaces that a turn calls: `llm/` implements {@link Model}, `do/` implements {@link Journal}. */
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

/** A prompt that leaves room for its reply, and the part of the context that it contains. */
export interface FittedPrompt {
  messages: PromptMessage[];
  /** Estimated tokens of the prompt. */
  tokens: number;
  /** Tokens that the reply may have. */
  maxTokens: number;
  context: Context;
  /** Absent for prompts without a question. */
  shares?: PromptShares;
}

/** One call of the model. */
export interface ModelCall {
  /** Builds the prompt for a model's window, in tokens; returns null if the question does not fit. */
  prompt: (window: number) => FittedPrompt | null;
  sampling: Sampling;
  tools?: Tools | undefined;
  /** The form of the answer; the model may call functions instead. */
  format?: AnswerFormat | undefined;
}

/** The end of a reply. */
export interface ModelEnd {
  finishReason: FinishReason;
  toolCalls?: ToolCall[] | undefined;
  usage: Usage;
  /** Whether the answer is a refusal. */
  refused?: boolean | undefined;
}

/** A piece of a model's reply. Reasoning is not part of the answer; a refusal is an answer. */
export interface AnswerPart {
  kind: "text" | "reasoning" | "refusal";
  text: string;
}

export interface Completion extends ModelEnd {
  text: string;
  /** The model's reasoning before its answer; not part of the answer. */
  reasoning: string;
  model: string;
}

export interface ModelStream {
  model: string;
  /** Reads the answer to its end and passes on each part. */
  read: (onPart: (part: AnswerPart) => void) => Promise<Result<ModelEnd>>;
}

export interface Model {
  /** The window of the first model, in tokens. */
  readonly window: number;
  /** Returns the complete answer. An abort of the signal cancels the call. */
  complete(call: ModelCall, signal: AbortSignal): Promise<Result<Completion>>;
  /** Returns a stream of the answer. An abort of the signal cancels the call or the stream. */
  stream(call: ModelCall, signal: AbortSignal): Promise<Result<ModelStream>>;
}

/** Stores one turn. Each call is one transaction, and throws if the transaction fails. */
export interface Journal {
  /** Whether the end of the turn is stored. */
  readonly finished: boolean;
  /** Writes the question. */
  begin(): void;
  /** Writes the answer so far, in case the rest is lost. */
  save(snapshot: FinishedTurn): void;
  /** Writes the answer, and the question if it is not written yet. */
  finish(finished: FinishedTurn): void;
  /** Deletes the question. */
  rollBack(): void;
  /** Resolves when all writes are durable. */
  durable(): Promise<void>;
}

/** The journal of unstored turns. */
export const noJournal: Journal = {
  finished: false,
  begin: () => {},
  save: () => {},
  finish: () => {},
  rollBack: () => {},
  durable: async () => {},
};
