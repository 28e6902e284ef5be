/**
 * What a turn needs from outside, and the words that it is told in.
 *
 * Hardly more than types: `do/` implements {@link Memory}, `llm/` implements {@link Model}, `problem.ts` turns a
 * {@link Failure} into an HTTP answer.
 */

export type Role = "system" | "user" | "assistant";

/** `interrupted`: the model or the Worker died, with what was said so far. `cancelled`: somebody ended it. */
export type TurnStatus = "running" | "complete" | "interrupted" | "cancelled";

/** Why the model stopped: it was done, or it reached the limit of the reply. */
export type FinishReason = "stop" | "length";

/** One line as the model gets it. */
export interface PromptMessage {
  role: Role;
  content: string;
}

/** One line that a session is to remember. `createdAt` is in milliseconds since 1970, now by default. */
export interface NewMessage {
  role: Role;
  name?: string | undefined;
  content: string;
  createdAt?: number | undefined;
}

/** One line of the transcript. */
export interface Message {
  /** 1, 2, 3 … in its session. */
  seq: number;
  role: Role;
  name?: string;
  content: string;
  /** What the message costs in a prompt, estimated once when it was written. */
  tokens: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** The turn it belongs to; absent for messages that were appended by the client. */
  turnId?: string;
  status: TurnStatus;
}

/** Tokens as the model counted them, or estimated where it does not say. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
}

/** How many tokens of memory a prompt has room for; `recall` is part of `context`. */
export interface Budget {
  context: number;
  recall: number;
  /** The recent window's share, where it is to be smaller than what recall leaves. */
  window?: number | undefined;
}

/** A message found for a question; the higher the score, the better it fits. */
export interface RecalledMessage extends Message {
  score: number;
}

/** What of the memory goes into one prompt. */
export interface Context {
  /** The recent window, oldest first. */
  window: Message[];
  /** Older messages that matter to the question, best first. */
  recalled: RecalledMessage[];
  /** How many messages the session has. */
  total: number;
}

/** What an answer says of the context it was given. */
export interface MemoryUsed {
  /** Estimated tokens of window and recalled messages. */
  tokens: number;
  window: { fromSeq: number; toSeq: number } | null;
  recalled: { seq: number; score: number }[];
  /** Messages of the session that this prompt left out. */
  omitted: number;
}

/** A turn that is over, as it is to be remembered. */
export interface FinishedTurn {
  status: Exclude<TurnStatus, "running">;
  answer: string;
  model: string;
  finishReason: FinishReason | null;
  usage: Usage;
  memory: MemoryUsed;
}

/** A turn of which nothing has come yet. */
export const NOTHING_YET: FinishedTurn = {
  status: "interrupted",
  answer: "",
  model: "",
  finishReason: null,
  usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0 },
  memory: { tokens: 0, window: null, recalled: [], omitted: 0 },
};

/** A turn as the session remembers it. Times are milliseconds since 1970. */
export interface StoredTurn extends Omit<FinishedTurn, "status"> {
  id: string;
  status: TurnStatus;
  question: string;
  createdAt: number;
  finishedAt: number | null;
}

/** What a turn tells while it runs, to whoever asked and to whoever follows. */
export type TurnEvent =
  | { type: "start"; model: string; memory: MemoryUsed }
  /** `at`: how many characters of the answer have been told with this one. */
  | { type: "delta"; text: string; at: number }
  | { type: "done"; finished: FinishedTurn }
  | { type: "failed"; failure: Failure; at: number };

/** What makes asking twice one turn: the client's key, and a fingerprint of what it asked with it. */
export interface Idempotency {
  key: string;
  fingerprint: string;
}

/** How a session's memory is asked for a turn. */
export interface TurnRequest {
  question: string;
  budget: Budget;
  idempotency?: Idempotency | undefined;
  /** Whether to wait in line while another turn runs; by default, yes. */
  onBusy?: "queue" | "reject" | undefined;
}

/** `gone`: the turn was cancelled, or its session emptied, before it was remembered. */
export type Remembered = "remembered" | "gone";

/** Which turn it is, for remembering it also where its session's object has lost it. */
export interface TurnIdentity {
  id: string;
  /** Of which life of the session: another one begins when the session is emptied. */
  generation: string;
  question: string;
  idempotency?: Idempotency | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** The session's turn, held until it is disposed of. */
export interface TurnHandle {
  /** Remembers question and answer in one transaction. */
  commit(finished: FinishedTurn): Promise<Remembered>;
  /** Makes the question durable, before the answer is there. */
  accept(): Promise<Remembered>;
  /** Takes the turn's events, as {@link encodeEvents} writes them; tells followers; remembers the answer at the end. */
  record(events: ReadableStream<Uint8Array>): Promise<Remembered>;
  /** Ends the turn without a trace, and tells whoever waits for it why. */
  fail(failure: Failure): Promise<void>;
}

/**
 * `replay`: this key's turn is over. `running`: it is not, and these are its events. `conflict`: the key was used for
 * another question.
 */
export type Opening =
  | { state: "open"; turn: TurnHandle & Disposable; identity: TurnIdentity; context: Context }
  | { state: "replay"; turn: StoredTurn }
  | { state: "running"; id: string; events: ReadableStream<Uint8Array> }
  | { state: "busy" | "full" | "conflict" | "cancelled" };

/** A session's memory, as a turn sees it. */
export interface Memory {
  context(question: string, budget: Budget): Promise<Context & Disposable>;
  openTurn(request: TurnRequest): Promise<Opening & Disposable>;
  /** Remembers a turn whose handle was lost; one that is remembered already is left as it is. */
  remember(identity: TurnIdentity, finished: FinishedTurn): Promise<Remembered>;
  /** The events of a turn after so many characters of its answer, or from the start; null where there is no such turn. */
  follow(turnId: string, after: number | null): Promise<ReadableStream<Uint8Array> | null>;
}

/** One call of the model. */
export interface ModelCall {
  /** The prompt that leaves room for the reply in a window of so many tokens; null where none does. */
  prompt: (window: number) => PromptMessage[] | null;
  maxTokens: number;
  temperature?: number | undefined;
}

export interface Completion {
  text: string;
  model: string;
  finishReason: FinishReason;
  /** Absent where the model does not count. */
  usage?: Usage | undefined;
}

/** What a model's stream is made of: text, and exactly one end. */
export type ModelEvent =
  | { type: "text"; text: string }
  | { type: "end"; finishReason: FinishReason; usage?: Usage | undefined }
  | { type: "failed"; failure: Failure };

export interface ModelStream {
  model: string;
  events: AsyncIterable<ModelEvent>;
}

export interface Model {
  /** The window of the first model, in tokens. */
  readonly window: number;
  /** The whole answer at once. */
  complete(call: ModelCall): Promise<Result<Completion>>;
  /** The answer as it is made. An abort cancels the model's stream and ends the events. */
  stream(call: ModelCall, signal: AbortSignal): Promise<Result<ModelStream>>;
}

/** Everything that can go wrong with a turn and is nobody's bug. */
export type Failure =
  | { reason: "model_busy" }
  | { reason: "model_timeout" }
  | { reason: "model_stalled" }
  | { reason: "model_interrupted" }
  | { reason: "model_unavailable"; model: string }
  | { reason: "model_allowance_spent"; retryAfter: number }
  | { reason: "model_account" }
  | { reason: "model_request_refused" }
  | { reason: "model_reply_empty" }
  | { reason: "model_reply_malformed" }
  | { reason: "prompt_too_long" }
  | { reason: "turn_cancelled" }
  | { reason: "turn_interrupted" }
  | { reason: "turn_not_found" }
  | { reason: "session_busy" }
  | { reason: "session_queue_full" }
  | { reason: "session_overloaded" }
  | { reason: "idempotency_conflict" };

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });
