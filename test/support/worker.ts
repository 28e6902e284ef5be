import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../src/app";
import type { Env } from "../../src/env";
import { documented } from "./contract";
import { remember, rememberToken } from "./log-leaks";

/** Returns the app with the real objects, and with other bindings or settings if a test needs them. */
export function worker(overrides: Partial<Env> = {}) {
  const bindings: Env = { ...env, ...overrides };
  return {
    /** Waits for the response, but not for its body. */
    async fetch(path: string, init?: RequestInit, origin = "http://localhost"): Promise<Response> {
      const response = await this.raw(path, init, origin);
      return documented(init?.method ?? "GET", new URL(path, origin).pathname, response);
    },
    /** Like `fetch`, for routes that the document does not describe. */
    async raw(path: string, init?: RequestInit, origin = "http://localhost"): Promise<Response> {
      remember(init?.body);
      const sent = new Headers(init?.headers);
      for (const name of ["authorization", "x-api-key"]) rememberToken(sent.get(name));
      const ctx = createExecutionContext();
      const response = await app.fetch(new Request(`${origin}${path}`, init), bindings, ctx);
      await waitOnExecutionContext(ctx);
      return response;
    },
    /** Asks for a stream of events. */
    stream(sessionId: string, question: string, headers: Record<string, string> = {}): Promise<Response> {
      return this.post("/ask", { sessionId, question }, { accept: "text/event-stream", ...headers });
    },
    /** Sends JSON; sends a string unchanged. */
    post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      return this.send("POST", path, body, headers);
    },
    patch(path: string, body: unknown): Promise<Response> {
      return this.send("PATCH", path, body);
    },
    send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      return this.fetch(path, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    },
    ask(sessionId: string, question: string, headers?: Record<string, string>): Promise<Response> {
      return this.post("/ask", { sessionId, question }, headers);
    },
    /** Returns the transcript, oldest first, as `role: content`. */
    async transcript(sessionId: string): Promise<string[]> {
      const response = await this.fetch(`/sessions/${sessionId}/messages?limit=1000`);
      const { data } = await response.json<{ data: { role: string; content: string }[] }>();
      return data.reverse().map(({ role, content }) => `${role}: ${content}`);
    },
  };
}

/** Returns the id of a session that no other test uses. */
export const freshSession = () => `test-${crypto.randomUUID()}`;
