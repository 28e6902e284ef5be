import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../src/app";
import type { Env } from "../../src/env";
import type { AiBinding, AiInputs } from "../../src/llm/llama";
import { held } from "./contract";

/** The app in front of the real objects, with other bindings or settings where a test needs them. */
export function worker(overrides: Partial<Env> = {}) {
  const bindings: Env = { ...env, ...overrides };
  return {
    async fetch(path: string, init?: RequestInit): Promise<Response> {
      const ctx = createExecutionContext();
      const response = await app.fetch(new Request(`http://llamory.test${path}`, init), bindings, ctx);
      await waitOnExecutionContext(ctx);
      return held(init?.method ?? "GET", new URL(path, "http://llamory.test").pathname, response);
    },
    /** As a client does that reads while the turn runs: does not wait for what goes on in the background. */
    async open(path: string, init?: RequestInit): Promise<Response> {
      const response = await app.fetch(
        new Request(`http://llamory.test${path}`, init),
        bindings,
        createExecutionContext(),
      );
      return held(init?.method ?? "GET", new URL(path, "http://llamory.test").pathname, response);
    },
    /** Asks for a stream of events. */
    stream(sessionId: string, question: string, headers: Record<string, string> = {}): Promise<Response> {
      return this.open("/ask", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
        body: JSON.stringify({ sessionId, question }),
      });
    },
    /** Sends JSON; a string goes as it is. */
    post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      return this.fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    },
    ask(sessionId: string, question: string, headers?: Record<string, string>): Promise<Response> {
      return this.post("/ask", { sessionId, question }, headers);
    },
    /** The transcript, oldest first, as `role: content`. */
    async transcript(sessionId: string): Promise<string[]> {
      const response = await this.fetch(`/sessions/${sessionId}/messages?limit=1000`);
      const { data } = await response.json<{ data: { role: string; content: string }[] }>();
      return data.reverse().map(({ role, content }) => `${role}: ${content}`);
    },
  };
}

export interface ModelRun {
  model: string;
  inputs: AiInputs;
  headers: Record<string, string> | undefined;
}

/** A model that plays its replies in order, the last one for ever; an Error is thrown, a function is called. */
export function scripted(...replies: unknown[]): AiBinding & { runs: ModelRun[] } {
  const runs: ModelRun[] = [];
  return {
    runs,
    async run(model, inputs, options) {
      runs.push({ model, inputs, headers: options?.extraHeaders });
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply instanceof Error) throw reply;
      return typeof reply === "function" ? reply(model, inputs) : reply;
    },
  };
}

/** A session that no other test has. */
export const freshSession = () => `test-${crypto.randomUUID()}`;
