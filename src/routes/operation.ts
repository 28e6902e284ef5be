/** The documentation of a route, declared next to its handler. The OpenAPI document and the Postman collection are generated from it. */
import type * as z from "zod/mini";
import type { Reason } from "../wire/problem";

/**
 * Documentation by route, for example `POST /ask`. Routers export it as a function, like response schemas: bundlers drop an
 * unused function.
 */
export type Operations = Record<string, Operation>;

export interface Operation {
  /** The operation's name in the document and in generated clients. */
  id: string;
  /** A title in the imperative, without a full stop. */
  summary: string;
  /** Effects, order and limits. It does not repeat the title. */
  description: string;
  /** Headers and query that are read without a validator. The document takes all else from the validators in the route's chain. */
  headers?: z.ZodMiniObject;
  query?: z.ZodMiniObject;
  /** A body that can be sent unchanged. */
  example?: unknown;
  /** The status of success; default 200. */
  status?: number;
  response?: () => z.core.$ZodType;
  /** Describes the events of a streamed answer. */
  events?: string;
  /** The schema of each line, if the response or the body is NDJSON. */
  responseLines?: () => z.core.$ZodType;
  bodyLines?: () => z.core.$ZodType;
  /** Other responses without a body, by status. */
  empty?: { 202?: string; 204?: string };
  /** The body of a 400 in another format than a problem (RFC 9457). */
  refused?: () => z.core.$ZodType;
  /** The route's own failures. The generator adds those of all routes, of tokens, validators and bodies. */
  failures?: readonly Reason[];
  /** Requests of the Postman collection. Default: one request with the example. */
  postman?: PostmanStep[];
}

export interface PostmanStep {
  /** The place in the collection: steps are sorted by it. */
  at: number;
  name: string;
  /** Default: the variable of the same name, for example `{{sessionId}}`. */
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Default: the operation's example. */
  body?: unknown;
  /** Lines of JSON to send instead of a body. */
  lines?: string;
  /** The expected status and content type. Default: the first of the operation. */
  status?: number;
  type?: string;
  /** A text that the response contains. */
  includes?: string;
  /** Sets variables for later steps: JavaScript expressions. */
  sets?: Record<string, string>;
}

/** Failures of routes that run a turn. A list without a spread, because bundlers keep an unused one with a spread. */
export const TURN_FAILURES = [
  "tenant_allowance_spent",
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

/** Failures of routes that change a whole session or delete from it. */
export const CHANGE_FAILURES = ["storage_failed", "user_unreachable"] as const;

/** Describes the native event stream of a turn. */
export const TURN_EVENTS =
  "Server-sent events: `start` (StreamStart), `delta` (StreamDelta), and last `done` (StreamDone) or `error` (StreamError). `id` is `<turnId>:<characters of the answer so far>`, with `:done` at the end for the last event. Comments keep the connection alive.";
