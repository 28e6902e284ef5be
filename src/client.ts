/** The typed client for other apps: Hono's `hc` for every route, and a reader for streamed answers. */
import type { Hono } from "hono";
import { hc, type InferRequestType, type InferResponseType } from "hono/client";
import type { BlankEnv, ExtractSchema } from "hono/types";
import type { App } from "./app";
import { wait, waitBefore } from "./client-retry";
import type { ProblemStatus } from "./wire/problem-status";

/** The body of an error (RFC 9457), except on the OpenAI surface. */
export interface Problem {
  title: string;
  status: ProblemStatus;
  /** What happened, and what to do. */
  detail: string;
  /** A stable name of the error. */
  code: string;
  /** The id of the request in the Worker's log. */
  requestId: string;
  /** The invalid fields of the request. */
  errors?: { path: string; message: string }[];
}

/** The body of an error of the OpenAI surface. */
export interface OpenAIError {
  error: { message: string; type: string; param: string | null; code: string };
}

type Refusal<Route, Body> = Route extends { input: infer Input }
  ? { input: Input; output: Body; outputFormat: "json"; status: ProblemStatus }
  : never;

/** Adds the errors to each route. Hono does not infer them, because handlers and middleware throw them. */
type Refused<Schema> = {
  [Path in keyof Schema]: {
    [Method in keyof Schema[Path]]:
      | Schema[Path][Method]
      | Refusal<Schema[Path][Method], Path extends `/v1/${string}` ? OpenAIError : Problem>;
  };
};

/** The routes as Hono types them, for an `hc` of your own. */
export type AppType = Hono<BlankEnv, Refused<ExtractSchema<App>>>;

/** The typed client of all routes. */
export type Client = ReturnType<typeof hc<AppType>>;
/** The body of `POST /ask`. */
export type AskRequest = InferRequestType<Client["ask"]["$post"]>["json"];
/** The answer of `POST /ask`. */
export type Answer = Extract<InferResponseType<Client["ask"]["$post"], 200>, { answer: string }>;

/** An event of a streamed answer. `start` acknowledges the question, `done` the answer. */
export type StreamEvent =
  | { id: string; event: "start"; data: Pick<Answer, "sessionId" | "turnId" | "model" | "memory"> }
  | { id: string; event: "delta"; data: { text: string } }
  | { id: string; event: "done"; data: Answer }
  /** Has no id if the server lost count of the characters. */
  | { id?: string; event: "error"; data: Problem };

export interface ClientOptions {
  /** An API token of the Worker. */
  token?: string | undefined;
  /** Headers of every request. */
  headers?: Record<string, string> | undefined;
  /** Replaces the global fetch, for example by that of a service binding. */
  fetch?: typeof fetch | undefined;
}

const authHeaders = ({ token, headers }: ClientOptions): Record<string, string> => ({
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
  ...headers,
});

/**
 * Creates a typed client of all routes.
 * @example
 * const llamory = createClient("https://llamory.example.workers.dev", { token });
 * const response = await llamory.ask.$post({ json: { sessionId: "a", question: "Hello!" } });
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  return hc<AppType>(url, { headers: authHeaders(options), ...(options.fetch && { fetch: options.fetch }) });
}

export interface ConnectionOptions extends ClientOptions {
  /** The most attempts in a row to resume a lost connection; default 5. */
  retries?: number | undefined;
  /** Ends the connection, and a wait before the next attempt. No event is yielded afterwards. */
  signal?: AbortSignal | undefined;
  /** Called when the connection is lost, before each attempt to reconnect. */
  onRetry?: ((attempt: number) => void) | undefined;
}

export interface StreamOptions extends ConnectionOptions {
  /** Makes a repeated request the same turn. Default: random, so that a lost connection asks only once. */
  idempotencyKey?: string | undefined;
}

/** Thrown if the question, or a request to follow its turn, is refused. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/**
 * Asks, and yields the events of the answer. A lost connection is resumed where it broke off. Resuming is tried again
 * after a lost connection and after a temporary refusal (429, 5xx). An answer with `remember: false` is not stored, so it
 * is not resumed.
 * @throws {AskError} if the question is refused; the error of fetch if the server cannot be reached; the reason of an
 * aborted `signal`
 * @example
 * for await (const { event, data } of askStream(url, { sessionId: "a", question: "Hello!" })) {
 *   if (event === "delta") process.stdout.write(data.text);
 * }
 */
export async function* askStream(
  url: string,
  request: AskRequest,
  options: StreamOptions = {},
): AsyncGenerator<StreamEvent> {
  const { idempotencyKey = crypto.randomUUID() } = options;
  const isStored = request.remember !== false;
  const headers = { "content-type": "application/json", ...(isStored && { "idempotency-key": idempotencyKey }) };
  const ask = { method: "POST", headers, body: JSON.stringify(request) };
  yield* resumed(url, request.sessionId, ask, isStored ? options : { ...options, retries: 0 });
}

/**
 * Follows a turn that any client started: yields its events from the start, then live. A lost connection is resumed where
 * it broke off.
 * @throws as {@link askStream}
 */
export async function* turnStream(
  url: string,
  { sessionId, turnId }: { sessionId: string; turnId: string },
  options: ConnectionOptions = {},
): AsyncGenerator<StreamEvent> {
  yield* resumed(url, sessionId, { turn: turnId }, options);
}

/** The request of a question. */
interface AskInit {
  method: string;
  headers: Record<string, string>;
  body: string;
}

/** A turn to follow. */
interface FollowedTurn {
  turn: string;
  /** The id of the last event that was received. */
  id?: string;
}

/** Returns the error of a refused request. A server in between may refuse it without a problem. */
async function refusalOf(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => undefined);
  const isProblem = (value: unknown): value is Problem =>
    typeof value === "object" && value !== null && "code" in value;
  if (isProblem(body)) return new AskError(body);
  return new Error(`The server answered with status ${response.status} and without a problem.`);
}

/** Yields the events of a turn. Sends the question or follows the turn; after a lost connection, follows it. */
async function* resumed(
  url: string,
  sessionId: string,
  begin: AskInit | FollowedTurn,
  options: ConnectionOptions,
): AsyncGenerator<StreamEvent> {
  const { retries = 5, signal } = options;
  const send = options.fetch ?? fetch;
  const base = url.replace(/\/+$/, "");
  const headers = { ...authHeaders(options), accept: "text/event-stream" };
  let next = begin;
  let failures = 0;
  for (;;) {
    let refused: Response | undefined;
    try {
      const response =
        "turn" in next
          ? await send(`${base}/sessions/${encodeURIComponent(sessionId)}/turns/${next.turn}/stream`, {
              headers: { ...headers, ...(next.id !== undefined && { "last-event-id": next.id }) },
              ...(signal && { signal }),
            })
          : await send(`${base}/ask`, {
              ...next,
              headers: { ...headers, ...next.headers },
              ...(signal && { signal }),
            });
      if (!response.ok || !response.body) {
        refused = response;
        throw await refusalOf(response);
      }
      for await (const event of readEvents(response.body)) {
        // Events that were received before the end of the connection are no longer wanted either.
        signal?.throwIfAborted();
        failures = 0;
        if (event.id !== undefined) next = { id: event.id, turn: event.id.slice(0, event.id.lastIndexOf(":")) };
        yield event;
        if (event.event === "done" || event.event === "error") return;
      }
      throw new Error("The stream ended before the answer did.");
    } catch (error) {
      // A refused question was not stored: its caller decides. A turn that is followed exists.
      if (signal?.aborted || failures >= retries || (error instanceof AskError && !("turn" in next))) throw error;
      failures += 1;
      const waitMs = waitBefore(failures, refused);
      if (waitMs === undefined) throw error;
      options.onRetry?.(failures);
      await wait(waitMs, signal);
    }
  }
}

/** Yields the server-sent events of a body, wherever its chunks are split. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = new Map(
          block.split("\n").map((line): [string, string] => {
            const colon = line.indexOf(": ");
            return [line.slice(0, colon), line.slice(colon + 2)];
          }),
        );
        const [id, event, data] = [fields.get("id"), fields.get("event"), fields.get("data")];
        if (event && data)
          yield JSON.parse(`{${id ? `"id":${JSON.stringify(id)},` : ""}"event":"${event}","data":${data}}`);
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
