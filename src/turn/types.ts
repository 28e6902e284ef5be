/** The types of turns, messages and prompts. */
import type { Explanation } from "./explanation";
import type { Failure } from "./result";
import type { Sampling } from "./sampling";
import type { AnswerFormat, Called, ToolCall, ToolResult, Tools } from "./tool-types";
import type { UserContext, UserMemoryUsed } from "./user-memory";

export type { AnswerFormat, Called, ToolCall, ToolResult, Tools } from "./tool-types";

/** `tool`: the result of a call that the assistant requested. */
export type Role = "system" | "user" | "assistant" | "tool";

/** `interrupted`: the model or object failed. `cancelled`: a client ended the turn. Both keep the partial answer. */
export type TurnStatus = "running" | "complete" | "interrupted" | "cancelled";

/** Why the model stopped: its answer was complete, reached `maxTokens`, requests calls, or was ended by a filter. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** A message of a prompt. */
export interface PromptMessage extends Called {
  role: Role;
  content: string;
}

/** A message to store. */
export interface NewMessage extends Called {
  role: Role;
  name?: string | undefined;
  content: string;
  /** Milliseconds since 1970; now by default. */
  createdAt?: number | undefined;
  /** Estimated tokens; absent if not estimated yet. */
  tokens?: number | undefined;
  /** The turn that an answer ends. */
  ended?: FinishedTurn;
}

/** A stored message. */
export interface Message extends Called {
  /** 1, 2, 3 … in its session. */
  seq: number;
  role: Role;
  name?: string;
  content: string;
  /** Estimated tokens in a prompt. */
  tokens: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** The turn of the message; absent for appended messages. */
  turnId?: string;
  status: TurnStatus;
  /** Characters that a prompt leaves out of the message; absent for whole messages. */
  leftOut?: number;
  /** The day that a prompt shows before the message; absent for no date. */
  date?: string;
}

/** Tokens, counted by the model, or estimated if it does not count. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
  /** Tokens of the prompt that the model had in its cache; absent if the model does not count them. */
  cachedTokens?: number | undefined;
}

/** A question, and everything else that shapes its prompt and the call of the model. Sizes are tokens. */
export interface PromptInput extends Sampling {
  /** Empty if the answer continues the conversation. */
  question: string;
  /** The speaker of the question. */
  name?: string | undefined;
  /** The end of the prompt if tool results continue an earlier question: that question, its calls and their results. */
  tail?: PromptMessage[] | undefined;
  tools?: Tools | undefined;
  format?: AnswerFormat | undefined;
  systemPrompt: string;
  /** The parts of the system prompt: the operator's, and the request's own. A session's settings replace absent ones. */
  asked?: { systemPrompt: string; instructions?: string | undefined; timeZone?: string | undefined };
  /** The time zone of the days that the prompt shows. */
  timeZone: string;
  /** The most tokens of prompt and reply together; a smaller window of the model limits them further. */
  contextTokens: number;
  recallTokens: number;
  /** The most tokens of the reply; a small window may leave fewer. */
  maxTokens: number;
  /** Estimated tokens of the question. */
  questionTokens: number;
  /** Estimated tokens of the tail; without a tail, of the question. */
  tailTokens: number;
  /** Estimated tokens of system prompt, tools and chat template. */
  systemTokens: number;
}

/** The most tokens of memory in a prompt; `recall` is part of `context`. */
export interface Budget {
  context: number;
  recall: number;
  /** The most tokens of the window, if less than recall leaves. */
  window?: number | undefined;
}

/** A message that recall found; a higher score is a better match. `content` and `tokens` may be from an excerpt. */
export interface RecalledMessage extends Message {
  score: number;
  /** The place of the excerpt in the message, in UTF-16 code units, `to` exclusive; absent for whole messages. */
  from?: number;
  to?: number;
  /** The session of the message, if it is another session of the user. */
  sessionId?: string;
  /** The word part and the meaning part of the score; absent if only words were used. */
  words?: number;
  meaning?: number;
}

/** The signals that recall used. */
export type RecallBy = "words" | "words+meaning";

/** The memory of one prompt. */
export interface Context {
  /** The recent window, oldest first. */
  window: Message[];
  /** Older messages that match the question, best first. */
  recalled: RecalledMessage[];
  recall: RecallBy;
  /** How many messages the session has. */
  total: number;
  /** Absent for a question without a user. */
  user?: UserContext | undefined;
  /** Absent if no explanation was requested. */
  explained?: Explanation[] | undefined;
}

/** The estimated tokens of each part of a prompt. */
export interface PromptShares {
  /** System prompt, tools and chat template. */
  system: number;
  facts: number;
  window: number;
  recalled: number;
  /** The question, with its calls and their results if it has any. */
  question: number;
  /** Room for the reply. */
  reply: number;
  /** The most tokens of prompt and reply together. */
  limit: number;
  /** The window of the model. */
  modelWindow: number;
}

/** The window of a prompt: its first and last message, and the messages that it shortens. */
export interface WindowUsed {
  fromSeq: number;
  toSeq: number;
  /** `leftOut`: characters that the prompt leaves out. Absent if all messages are whole. */
  shortened?: { seq: number; leftOut: number }[] | undefined;
}

/** The memory of a prompt as the answer reports it. */
export interface MemoryUsed {
  /** Estimated tokens of window and recalled messages. */
  tokens: number;
  window: WindowUsed | null;
  recalled: Pick<RecalledMessage, "seq" | "score" | "sessionId" | "words" | "meaning" | "from" | "to">[];
  recall: RecallBy;
  /** Messages of the session that this prompt left out. */
  omitted: number;
  /** Absent if the turn ended before its prompt was built. */
  prompt?: PromptShares | undefined;
  /** The hash of the prompt. Clients do not get it. */
  hash?: number | undefined;
  user?: UserMemoryUsed | undefined;
}

/** The end of a turn, to be stored. */
export interface FinishedTurn {
  status: Exclude<TurnStatus, "running">;
  answer: string;
  toolCalls?: ToolCall[] | undefined;
  model: string;
  finishReason: FinishReason | null;
  usage: Usage;
  memory: MemoryUsed;
  /** Only for the client that asked; not stored. */
  reasoning?: string | undefined;
  /** Whether the answer is a refusal; not stored. */
  refused?: boolean | undefined;
}

/** A stored turn. Times are milliseconds since 1970. */
export interface StoredTurn extends Omit<FinishedTurn, "status"> {
  id: string;
  status: TurnStatus;
  question: string;
  createdAt: number;
  finishedAt: number | null;
}

/** A turn of an export. */
export interface ExportedTurn extends FinishedTurn {
  id: string;
  /** Results of the calls of the previous turn. */
  results?: ToolResult[] | undefined;
  /** Absent if the turn continues the previous turn's question. */
  question?: string | undefined;
  createdAt: number;
  finishedAt: number;
}

/** An entry of an export: a message without a turn, or a turn. */
export type Entry = { message: NewMessage } | { turn: ExportedTurn };

/** Identifies repeated requests: the client's key, and a fingerprint of its request. */
export interface Idempotency {
  key: string;
  fingerprint: string;
}

/** An event of a turn. */
export type TurnEvent =
  | { type: "start"; model: string; memory: MemoryUsed }
  /** `at`: characters of the answer so far, with this event. */
  | { type: "delta"; text: string; at: number; refused?: boolean }
  | { type: "reasoning"; text: string }
  | { type: "done"; finished: FinishedTurn }
  /** `at`: as above; null if unknown. */
  | { type: "failed"; failure: Failure; at: number | null };

/** Encodes the events of a turn in their order. May keep state between events. */
export type Encode = (event: TurnEvent) => string;

/** The reply to a request for a turn; `replayed` if an earlier request began the turn. */
export type AskReply =
  | { state: "finished"; turnId: string; turn: FinishedTurn; replayed: boolean; modelMs: number }
  | { state: "streaming"; turnId: string; bytes: ReadableStream<Uint8Array>; replayed: boolean; modelMs: number }
  | { state: "failed"; failure: Failure };
