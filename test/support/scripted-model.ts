/**
 * The model of the tests, bound as `AI`. It replies from the session's script or, without one, as OfflineModel.
 *
 * A script lives in its own object, so the test, which controls it, and the session, which calls it, use RPC calls:
 * a promise that one request resolves for another would continue in the wrong request.
 */
import { DurableObject, env } from "cloudflare:workers";
import { type AiInputs, type AiOptions, type ChatInputs, signalOf } from "../../src/llm/binding";
import { OfflineModel } from "../../src/llm/models/offline-model";

export interface ModelRun {
  model: string;
  inputs: ChatInputs;
  headers: Record<string, string> | undefined;
  gateway: { id: string } | undefined;
  rejectIfBusy: boolean | undefined;
}

/** A reply that waits for {@link Script.go} and repeats the question, unless it has its own `response`. */
export const HELD = { play: "held" };
/** An error that waits for {@link Script.go}. */
export const heldError = (message: string) => ({ ...HELD, message });
/** A reply that repeats the question. */
export const ECHO = { play: "echo" };
/** A stream that the test controls step by step. */
export const PLAYED = { play: "stream" };
/** A reply that repeats the question at once, in parts if the request asks for a stream. */
export const PARTS = { play: "parts" };
/** A stream of these bytes. */
export const bytes = (text: string) => ({ play: "bytes", text });
/** No reply at all. */
export const NEVER = { play: "never" };

/** The reply to a call; `none`: the session has no script. */
type Reply =
  | { kind: "json"; json: string }
  | { kind: "stream"; stream: ReadableStream<Uint8Array> }
  | { kind: "error"; message: string }
  | { kind: "none" };

const encoder = new TextEncoder();

function streamOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(text));
      controller.close();
    },
  });
}

function inParts(text: string): ReadableStream<Uint8Array> {
  const events = [...(text.match(/\S+\s*/g) ?? []).map((response) => JSON.stringify({ response })), "[DONE]"];
  return streamOf(events.map((data) => `data: ${data}\n\n`).join(""));
}

export class ScriptDO extends DurableObject {
  #replies: unknown[] | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #runs: ModelRun[] = [];
  readonly #called = Promise.withResolvers<void>();
  readonly #gate = Promise.withResolvers<void>();
  readonly #cancelled = Promise.withResolvers<void>();

  script(replies: unknown[] | undefined): void {
    this.#replies = replies;
    // The calls of an earlier test of the same script are not those of this one.
    this.#runs.length = 0;
  }

  async run(run: ModelRun): Promise<Reply> {
    if (!this.#replies) return { kind: "none" };
    this.#runs.push(run);
    this.#called.resolve();
    const reply = this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0];
    if (reply instanceof Error) return { kind: "error", message: reply.message };
    const echo = { response: `re: ${run.inputs.messages.at(-1)?.content}` };
    const play = typeof reply === "object" && reply !== null && "play" in reply ? reply.play : undefined;
    if (play === "never") return new Promise(() => {});
    if (play === "held") await this.#gate.promise;
    if (typeof reply === "object" && reply !== null && "message" in reply) {
      return { kind: "error", message: String(reply.message) };
    }
    if (play === "bytes" && typeof reply === "object" && reply !== null && "text" in reply) {
      return { kind: "stream", stream: streamOf(String(reply.text)) };
    }
    if (play === "stream") return { kind: "stream", stream: this.#stream() };
    if (play === "parts" && run.inputs.stream) return { kind: "stream", stream: inParts(echo.response) };
    const hasOwn = typeof reply === "object" && reply !== null && "response" in reply;
    return { kind: "json", json: JSON.stringify(play && !hasOwn ? echo : reply) };
  }

  runs(): ModelRun[] {
    return this.#runs;
  }

  called(): Promise<void> {
    return this.#called.promise;
  }

  go(): void {
    this.#gate.resolve();
  }

  cancel(): void {
    this.#cancelled.resolve();
  }

  cancelled(): Promise<void> {
    return this.#cancelled.promise;
  }

  write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }

  close(): void {
    this.#controller?.close();
  }

  break(): void {
    this.#controller?.error(new Error("Network connection lost."));
  }

  #stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.#cancelled.resolve(),
    });
  }
}

/** The binding that only the tests have. */
const scripts = (): DurableObjectNamespace<ScriptDO> => Reflect.get(env, "SCRIPTS");

/** The name of the script for calls without a session; see {@link scripted}. */
const STATELESS = "stateless";
/** Returns the id that the model receives for a session. */
const affinityOf = (session: string) => env.CHAT_DO.idFromName(session).toString();

/** Controls a script from a test. */
export class Script {
  readonly #object: DurableObjectStub<ScriptDO>;

  /** @param affinity the id of the calling object */
  constructor(affinity: string) {
    this.#object = scripts().getByName(affinity);
  }

  set(replies: unknown[] | undefined): Promise<void> {
    return this.#object.script(replies);
  }

  /** Returns the calls that the model received. */
  async runs(): Promise<ModelRun[]> {
    return this.#object.runs();
  }

  /** Resolves when the model has been called. */
  called(): Promise<void> {
    return this.#object.called();
  }

  /** Releases all held replies. */
  go(): Promise<void> {
    return this.#object.go();
  }

  /** Resolves when a call or its stream was cancelled. */
  cancelled(): Promise<void> {
    return this.#object.cancelled();
  }

  say(response: string): Promise<void> {
    return this.raw(`data: ${JSON.stringify({ response })}\n\n`);
  }

  raw(text: string): Promise<void> {
    return this.#object.write(text);
  }

  async end(): Promise<void> {
    await this.raw("data: [DONE]\n\n");
    await this.cut();
  }

  cut(): Promise<void> {
    return this.#object.close();
  }

  fail(): Promise<void> {
    return this.#object.break();
  }
}

/**
 * Answers the questions of a session with these replies in order, and repeats the last one; an Error is thrown.
 * @param session null for questions without a session
 */
export async function scripted(session: string | null, ...replies: unknown[]): Promise<Script> {
  const script = new Script(session === null ? STATELESS : affinityOf(session));
  await script.set(replies);
  return script;
}

/** Makes questions without a session reach the default model again. All test files share it. */
export const unscripted = () => new Script(STATELESS).set(undefined);

/** Like {@link scripted}, for calls that extract facts about a user. */
export async function scriptedFacts(user: string, ...replies: unknown[]): Promise<Script> {
  const script = new Script(env.USER_DO.idFromName(user).toString());
  await script.set(replies);
  return script;
}

/** Loads vectors from the encoder; in tests, the model's name is the encoder's URL. */
async function vectorsFrom(url: string, input: string[]): Promise<unknown> {
  const response = await fetch(`${url}/embeddings`, { method: "POST", body: JSON.stringify({ input }) });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const { data } = await response.json<{ data: { embedding: number[] }[] }>();
  return { data: data.map(({ embedding }) => embedding) };
}

export class ScriptedModel extends OfflineModel {
  override async run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown> {
    if ("text" in inputs) return vectorsFrom(model, inputs.text);
    const headers = options?.extraHeaders;
    const script = scripts().getByName(headers?.["x-session-affinity"] ?? STATELESS);
    signalOf(options).addEventListener("abort", () => this.ctx.waitUntil(script.cancel()));
    const reply: Reply = await script.run({
      // Model servers get JSON, which has no undefined fields.
      ...{ model, inputs: JSON.parse(JSON.stringify(inputs)), headers },
      gateway: options?.gateway,
      rejectIfBusy: options?.rejectIfBusy,
    });
    switch (reply.kind) {
      case "none":
        return super.run(model, inputs);
      case "error":
        throw new Error(reply.message);
      case "json":
        return JSON.parse(reply.json);
      case "stream":
        return reply.stream;
    }
  }
}
