/** The description of an operation, and the failures of operations that ask a model. */
import type * as z from "zod";
import type { Reason } from "../../src/wire/problem";

export interface Operation {
  id: string;
  summary: string;
  /** Needs no token. */
  open?: boolean;
  /** Tells errors as the OpenAI API does. */
  openai?: boolean;
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  /** A body that may be sent as it stands. */
  example?: unknown;
  status?: number;
  response?: z.ZodType;
  /** Describes the events of a streamed answer. */
  events?: string;
  /** What each line is, of an answer and of a body that are lines of JSON. */
  lines?: z.ZodType;
  takesLines?: z.ZodType;
  /** Describes a 204 response (`nothing`), and a 202 response (`taken`). */
  nothing?: string;
  taken?: string;
  /** The body of a 400, where it is not a problem. */
  refused?: z.ZodType;
  failures?: readonly Reason[];
}

/** How a model may fail. */
const MODEL_FAILURES = [
  "model_busy",
  "model_timeout",
  "model_unreachable",
  "model_unavailable",
  "model_allowance_spent",
  "model_account",
  "model_request_refused",
  "model_reply_empty",
  "model_reply_malformed",
  "prompt_too_long",
] as const;

/** How a turn may. */
export const TURN_FAILURES = [
  "tenant_allowance_spent",
  ...MODEL_FAILURES,
  "model_interrupted",
  "model_stalled",
  "turn_cancelled",
  "turn_interrupted",
  "session_busy",
  "session_queue_full",
  "session_full",
  "storage_failed",
  "session_of_another_user",
  "user_unreachable",
  "user_being_deleted",
] as const;
