/** What is told of an operation, and how those that ask may fail. */
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
  /** What the events of a streamed answer are. */
  events?: string;
  /** What each line is, of an answer and of a body that are lines of JSON. */
  lines?: z.ZodType;
  takesLines?: z.ZodType;
  /** When there is nothing to answer: a 204; and when what was sent is taken without an answer: a 202. */
  nothing?: string;
  taken?: string;
  /** The body of a 400, where it is not a problem. */
  refused?: z.ZodType;
  failures?: readonly Reason[];
}

/** How a model may fail. */
export const MODEL_FAILURES = [
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
] as const;
