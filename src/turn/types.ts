/** What turns, messages and prompts are made of. */
import type { Failure } from "./result";
import type { Sampling } from "./sampling";
import type { AnswerFormat, Called, ToolCall, ToolResult, Tools } from "./tool-types";
import type { UserContext, UserMemoryUsed } from "./user-memory";

export type { AnswerFormat, Called, ToolCall, ToolResult, Tools } from "./tool-types";

/** `tool`: what a function that the assistant called has returned. */
export type Role = "system" | "user" | "assistant" | "tool";

/** `interrupted`: the model or the object died, with what was said so far. `cancelled`: somebody ended it. */
export type TurnStatus = "running" | "complete" | "interrupted" | "cancelled";

/** Why the model stopped: it was done, it reached the limit of the reply, it wants functions called, or a filter ended it. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** One line as the model gets it. */
export interface PromptMessage extends Called {
  role: Role;
  content: string;
}

/** One line that a session is to remember. */
export interface NewMessage extends Called {
  role: Role;
  name?: string | undefined;
  content: string;
  /** Milliseconds since 1970; now by default. */
  createdAt?: number | undefined;
  /** What it costs in a prompt, where that was estimated already. */
  tokens?: number | undefined;
}

/** One line of the transcript. */
export interface Message extends Called {
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
  /** Characters that a prompt leaves out of the message; absent for whole messages. */
  leftOut?: number;
  /** The day that a prompt shows before the message; absent for no date. */
  date?: string;
}

/** Tokens as the model counted them, or estimated where it does not say. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
  /** Tokens of the prompt that the model had in its cache; absent where it does not say. */
  cachedTokens?: number | undefined;
}

/** What a turn is asked with, defaults filled in. Sizes are tokens. */
export interface Ask extends Sampling {
  question: string;
  /** What the prompt ends with in the place of the question alone: where it goes on, its calls and their results. */
  tail?: PromptMessage[] | undefined;
  tools?: Tools | undefined;
  format?: AnswerFormat | undefined;
  systemPrompt: string;
  /** The time zone in which the prompt shows days. */
  timeZone: string;
  /** Prompt and reply together; the model's window where that is smaller. */
  contextTokens: number;
  recallTokens: number;
  /** The longest reply; less where the window does not leave so much. */
  maxTokens: number;
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
  /** The session that it was said in, where that is another one of the user's. */
  sessionId?: string;
  /** What of the score words brought, and what meaning; absent where words alone decided. */
  words?: number;
  meaning?: number;
}

/** What decides which messages are recalled. */
export type RecallBy = "words" | "words+meaning";

/** What of the memory goes into one prompt. */
export interface Context {
  /** The recent window, oldest first. */
  window: Message[];
  /** Older messages that matter to the question, best first. */
  recalled: RecalledMessage[];
  recall: RecallBy;
  /** How many messages the session has. */
  total: number;
  /** Absent where the question is nobody's. */
  user?: UserContext | undefined;
}

/** What each part of a prompt takes, in estimated tokens. */
export interface PromptShares {
  /** System prompt, tools, and what the chat template adds. */
  system: number;
  facts: number;
  window: number;
  recalled: number;
  /** The question; where it goes on, its calls and their results too. */
  question: number;
  /** Room for the reply. */
  reply: number;
  /** What prompt and reply may take together. */
  limit: number;
  /** What the model takes at most. */
  modelWindow: number;
}

/** The window of a prompt: its first and last message, and the messages that it shortens. */
export interface WindowUsed {
  fromSeq: number;
  toSeq: number;
  /** `leftOut`: characters that the prompt leaves out. Absent if all messages are whole. */
  shortened?: { seq: number; leftOut: number }[] | undefined;
}

/** What an answer says of the context it was given. */
export interface MemoryUsed {
  /** Estimated tokens of window and recalled messages. */
  tokens: number;
  window: WindowUsed | null;
  recalled: Pick<RecalledMessage, "seq" | "score" | "sessionId" | "words" | "meaning">[];
  recall: RecallBy;
  /** Messages of the session that this prompt left out. */
  omitted: number;
  /** Absent where the turn ended before there was a prompt. */
  prompt?: PromptShares | undefined;
  user?: UserMemoryUsed | undefined;
}

/** A turn that is over, as it is to be remembered. */
export interface FinishedTurn {
  status: Exclude<TurnStatus, "running">;
  answer: string;
  toolCalls?: ToolCall[] | undefined;
  model: string;
  finishReason: FinishReason | null;
  usage: Usage;
  memory: MemoryUsed;
  /** For the client that asked alone: it is not stored. */
  reasoning?: string | undefined;
  /** Whether the answer is a refusal; not stored. */
  refused?: boolean | undefined;
}

/** A turn as the session remembers it. Times are milliseconds since 1970. */
export interface StoredTurn extends Omit<FinishedTurn, "status"> {
  id: string;
  status: TurnStatus;
  question: string;
  createdAt: number;
  finishedAt: number | null;
}

/** A turn as a session that goes elsewhere takes it along. */
export interface ExportedTurn extends FinishedTurn {
  id: string;
  /** Of calls of the turn before it. */
  results?: ToolResult[] | undefined;
  /** Absent where it goes on with the question of the turn before it. */
  question?: string | undefined;
  createdAt: number;
  finishedAt: number;
}

/** One piece of an exported session, in its order: a message of no turn, or a whole turn. */
export type Entry = { message: NewMessage } | { turn: ExportedTurn };

/** What makes asking twice one turn: the client's key, and a fingerprint of what it asked with it. */
export interface Idempotency {
  key: string;
  fingerprint: string;
}

/** What a turn emits while it runs, to whoever asked and to whoever follows. */
export type TurnEvent =
  | { type: "start"; model: string; memory: MemoryUsed }
  /** `at`: how many characters of the answer have been emitted with this one. */
  | { type: "delta"; text: string; at: number; refused?: boolean }
  | { type: "reasoning"; text: string }
  | { type: "done"; finished: FinishedTurn }
  /** `at` as above; null where that is not known. */
  | { type: "failed"; failure: Failure; at: number | null };

/** Turns events into what goes over the wire, in order; it may keep state from one to the next. */
export type Encode = (event: TurnEvent) => string;

/** How an ask was answered; `replayed` where its turn had been asked before, with the same idempotency key. */
export type AskReply =
  | { state: "finished"; turnId: string; turn: FinishedTurn; replayed: boolean; modelMs: number }
  | { state: "streaming"; turnId: string; bytes: ReadableStream<Uint8Array>; replayed: boolean; modelMs: number }
  | { state: "failed"; failure: Failure };
