/** The typed client for other apps: Hono's `hc` for every route, and a reader for streamed answers. */
import type { Hono } from "hono";
import { hc, type InferRequestType, type InferResponseType } from "hono/client";
import type { BlankEnv, ExtractSchema } from "hono/types";
import type { App } from "./app";

type Routes = ReturnType<typeof hc<App>>;

/** The body of every error, but for those of the OpenAI surface. */
export type Problem = Extract<InferResponseType<Routes["ask"]["$post"], 409>, { code: string }>;
/** The body of every error of the OpenAI surface. */
export type OpenAIError = Extract<InferResponseType<Routes["v1"]["responses"]["$post"], 409>, { error: object }>;

type Refusal<Route, Body> = Route extends { input: infer Input }
  ? { input: Input; output: Body; outputFormat: "json"; status: Problem["status"] }
  : never;

/** Any route may be refused before its handler is reached: by a token, a limit, a body that is wrong. */
type Refused<Schema> = {
  [Path in keyof Schema]: {
    [Method in keyof Schema[Path]]:
      | Schema[Path][Method]
      | Refusal<Schema[Path][Method], Path extends `/v1/${string}` ? OpenAIError : Problem>;
  };
};

/** The routes as Hono knows them, for those who make their own `hc`. */
export type AppType = Hono<BlankEnv, Refused<ExtractSchema<App>>>;

/** Every route of Llamory, typed. */
export type Client = ReturnType<typeof hc<AppType>>;
/** The body of `POST /ask`. */
export type AskRequest = InferRequestType<Client["ask"]["$post"]>["json"];
/** The answer of `POST /ask`. */
export type Answer = Extract<InferResponseType<Client["ask"]["$post"], 200>, { answer: string }>;

/** What a streamed answer is made of. `start` acknowledges the question, `done` the answer. */
export type StreamEvent =
  | { id: string; event: "start"; data: Pick<Answer, "sessionId" | "turnId" | "model" | "memory"> }
  | { id: string; event: "delta"; data: { text: string } }
  | { id: string; event: "done"; data: Answer }
  /** Without an id where the server does not know how much it has sent. */
  | { id?: string; event: "error"; data: Problem };

export interface ClientOptions {
  /** An API token of the Worker. */
  token?: string | undefined;
  /** Sent with every request. */
  headers?: Record<string, string> | undefined;
  /** Instead of the global fetch, for example a service binding's. */
  fetch?: typeof fetch | undefined;
}

const headersOf = ({ token, headers }: ClientOptions): Record<string, string> => ({
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
  ...headers,
});

/**
 * A client for every route.
 * @example
 * const llamory = createClient("https://llamory.example.workers.dev", { token });
 * const response = await llamory.ask.$post({ json: { sessionId: "a", question: "Hello!" } });
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  return hc<AppType>(url, { headers: headersOf(options), ...(options.fetch && { fetch: options.fetch }) });
}

export interface ConnectionOptions extends ClientOptions {
  /** How often in a row a lost connection is taken up again; 5 by default. */
  retries?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called when the connection is lost, before each attempt to reconnect. */
  onRetry?: ((attempt: number) => void) | undefined;
}

export interface StreamOptions extends ConnectionOptions {
  /** Makes asking again the same turn; a random one by default, so that a lost connection asks nothing twice. */
  idempotencyKey?: string | undefined;
}

/** The question was refused before an answer began. */
export class AskError extends Error {
  override readonly name = "AskError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/**
 * Asks, and tells the answer as it is made. A connection that is lost is taken up again where it broke off.
 * @throws {AskError} where the question is refused; whatever fetch throws, where the server stays out of reach
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
  const headers = { "content-type": "application/json", "idempotency-key": idempotencyKey };
  const ask = { method: "POST", headers, body: JSON.stringify(request) };
  yield* takenUp(url, request.sessionId, ask, options);
}

/**
 * Tells the answer of a turn that was asked before, here or anywhere: from its start, then as it is made. A connection that
 * is lost is taken up again where it broke off.
 * @throws as {@link askStream}
 */
export async function* turnStream(
  url: string,
  { sessionId, turnId }: { sessionId: string; turnId: string },
  options: ConnectionOptions = {},
): AsyncGenerator<StreamEvent> {
  yield* takenUp(url, sessionId, { turn: turnId }, options);
}

/** A question, as fetch sends it. */
interface Ask {
  method: string;
  headers: Record<string, string>;
  body: string;
}

/** A turn that is followed, behind the last event that came of it. */
interface Followed {
  turn: string;
  id?: string;
}

async function* takenUp(
  url: string,
  sessionId: string,
  begin: Ask | Followed,
  options: ConnectionOptions,
): AsyncGenerator<StreamEvent> {
  const { retries = 5, signal } = options;
  const send = options.fetch ?? fetch;
  const base = url.replace(/\/+$/, "");
  const headers = { ...headersOf(options), accept: "text/event-stream" };
  let next = begin;
  let failures = 0;
  for (;;) {
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
      if (!response.ok || !response.body) throw new AskError(await response.json());
      for await (const event of readEvents(response.body)) {
        failures = 0;
        if (event.id !== undefined) next = { id: event.id, turn: event.id.slice(0, event.id.lastIndexOf(":")) };
        yield event;
        if (event.event === "done" || event.event === "error") return;
      }
      throw new Error("The stream ended before the answer did.");
    } catch (error) {
      if (error instanceof AskError || signal?.aborted || failures >= retries) throw error;
      failures += 1;
      options.onRetry?.(failures);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 200 * 2 ** failures));
    }
  }
}

/** Server-sent events of a body, however it is split. */
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
