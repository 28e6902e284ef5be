/** How a session is asked: what the Worker says of a question. */
import type { EmbeddingOptions } from "../../llm/embedder";
import type { LlamaOptions } from "../../llm/llama";
import type { Ask, Idempotency, NewMessage, ToolResult } from "../../turn/types";
import type { Form } from "../../wire/forms";
import type { Extraction } from "../user/learn-facts";
import type { SessionLimits } from "./store";

/** A user, as the Worker names them to their session. */
export interface AskingUser {
  /** The name of the user's object. */
  object: string;
  /** As clients name the session. */
  sessionId: string;
  /** Whether they may take a session over that was begun without a user. */
  mayAdopt: boolean;
  /** Milliseconds that an ask waits for what is known of the user. */
  timeoutMs: number;
  /** Tokens of a prompt that facts may take. */
  factTokens: number;
  /** How facts are learnt from turns; absent where they are not. */
  extraction?: Extraction | undefined;
}

/** A question, and the models that it is asked and understood with. */
export interface Asking {
  ask: Ask;
  model: LlamaOptions;
  /** How the question's meaning is found; absent where words decide alone. */
  embedding?: EmbeddingOptions | undefined;
  /** Who asks; absent where nobody is named. */
  user?: AskingUser | undefined;
}

/** How a session is asked. */
export interface AskRequest extends Asking {
  /** The turn's id, made by the one who asks, so that asking again after a lost call is the same turn. */
  turnId: string;
  /** Whether it is such an asking again. */
  again?: boolean;
  limits: SessionLimits;
  /** The form in which the answer is streamed; absent for the answer as a whole. */
  form?: Form | undefined;
  idempotency?: Idempotency | undefined;
  /** Whether to wait in line while another turn runs; by default, yes. */
  onBusy?: "queue" | "reject" | undefined;
  /** What was said before; of use, and remembered, only where the session is still empty. */
  before?: NewMessage[];
  /** What the functions returned that the last answer called; the question may be empty then, and goes on. */
  results?: ToolResult[];
  /** A turn of this session that the question goes on with: without it the ask fails. */
  follows?: string | undefined;
  /** The name of the object that counts what the turn uses, where somebody wants to know. */
  meter?: string | undefined;
  /** False: the session is read, and nothing of the turn is written. */
  store?: boolean;
}
