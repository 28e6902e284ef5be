/** A question to a session, as the Worker sends it to the session's object. */
import type { EmbeddingOptions } from "../../llm/embedder";
import type { LlamaOptions } from "../../llm/llama";
import type { Idempotency, NewMessage, PromptInput, ToolResult } from "../../turn/types";
import type { Received } from "../../wire/event-id";
import type { Form } from "../../wire/forms";
import type { EncoderOptions } from "../memory/encoder-plan";
import type { Extraction } from "../user/extraction";
import type { SentAgain } from "./alignment";
import type { SessionLimits } from "./session-limits";

/** The user of a request. */
export interface SessionUser {
  /** The name of the user's object. */
  object: string;
  /** The session's id as clients know it, without its tenant. */
  sessionId: string;
  /** Whether the user may claim a session that has messages and no user. */
  canClaim: boolean;
  /** Milliseconds that an ask waits for the user's memory. */
  timeoutMs: number;
  /** The most tokens of facts in a prompt. */
  factTokens: number;
  /** Absent if facts are not extracted. */
  extraction?: Extraction | undefined;
  /** Absent if recall uses words alone. */
  encoder?: EncoderOptions | undefined;
}

export interface AskRequest {
  /** Created by the Worker: a call that is repeated after a lost one names the same turn. */
  turnId: string;
  /** Whether the call is such a repetition. */
  again?: boolean;
  input: PromptInput;
  model: LlamaOptions;
  /** Absent if recall uses words alone. */
  embedding?: EmbeddingOptions | undefined;
  user?: SessionUser | undefined;
  limits: SessionLimits;
  /** The form of the stream; absent for a JSON answer. */
  form?: Form | undefined;
  idempotency?: Idempotency | undefined;
  /** The part of a stream that a repeated request with the same key has received. */
  received?: Received | undefined;
  /** Whether to wait while another turn runs; `queue` by default. */
  onBusy?: "queue" | "reject" | undefined;
  /** Messages before the question. Used and stored only if the session is empty. */
  before?: NewMessage[];
  /** The history of a client that sends all of it: turns that it does not contain any more are replaced. */
  history?: SentAgain[] | undefined;
  /** Results of the calls in the last answer. The question may then be empty. */
  results?: ToolResult[];
  /** A turn that the session must contain: otherwise the ask fails with `response_not_found`. */
  follows?: string | undefined;
  /** The name of the tenant's object, which counts tokens; absent without a quota. */
  meter?: string | undefined;
  /** The id of the last turn, which this turn replaces. */
  replaces?: string | undefined;
  /** False if nothing of the turn is stored; true by default. */
  store?: boolean;
  /** Whether the reply comes when the question is durable, before the model begins; false by default. */
  background?: boolean | undefined;
  /** Whether facts are learned from appended messages; false by default. */
  learn?: boolean | undefined;
}
