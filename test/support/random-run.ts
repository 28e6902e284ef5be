/** One run of random operations: the Worker, its model, and the reference for comparing both. */
import { expect } from "vitest";
import { MarkingModel } from "./marking-model";
import { Reference, type Scope, type SessionReference, type Unit } from "./reference-memory";
import { Events } from "./sse";
import { PATIENT } from "./users";
import { worker } from "./worker";

const llamory = worker({ ...PATIENT, FACTS: "model" });

interface Sent {
  status: number;
  text: string;
  headers: Headers;
}

export interface Answer {
  turnId: string;
  answer: string;
}

/** A question with its session and the index of the user who asks it. */
export interface Question extends Scope {
  session: number;
  question: string;
  /** The turn that the question replaces. */
  replaces?: string | undefined;
}

export class RandomRun {
  readonly reference: Reference;
  readonly model: MarkingModel;

  constructor(run: number) {
    this.reference = new Reference(run, 4, 2);
    this.model = new MarkingModel(this.reference);
  }

  /** Sends a request. The response may contain only texts of its scope. */
  async send(method: string, path: string, body: unknown, scope: Scope, headers = {}): Promise<Sent> {
    const json = { "content-type": typeof body === "string" ? "application/x-ndjson" : "application/json" };
    const init =
      body === undefined ? { method, headers } : { method, headers: { ...json, ...headers }, body: raw(body) };
    const response = await llamory.fetch(path, init);
    const text = await response.text();
    const what = `${method} ${path} -> ${response.status}`;
    expect(response.status, `${what} ${text}`).toBeLessThan(500);
    this.reference.check(text, scope, what);
    return { status: response.status, text, headers: response.headers };
  }

  /** Returns the JSON of a response, which must have a status. */
  async json<T>(method: string, path: string, body: unknown, scope: Scope, status = 200): Promise<T> {
    const sent = await this.send(method, path, body, scope);
    expect(sent.status, `${method} ${path} ${sent.text}`).toBe(status);
    return JSON.parse(sent.text);
  }

  /** Returns whether a user may ask in a session. If not, the refusal must say so. */
  mayUse({ owner }: SessionReference, user: number | undefined): boolean {
    return user === undefined || owner === undefined || owner === user;
  }

  #body({ session, user, question, replaces }: Question, stream: boolean) {
    const { id } = this.reference.session(session);
    return {
      sessionId: id,
      question,
      stream,
      replaces,
      ...(user !== undefined && { userId: this.reference.user(user).id }),
    };
  }

  /** Asks for JSON. @returns undefined if the session belongs to another user */
  async ask(asked: Question, key?: string): Promise<(Answer & { replayed: boolean }) | undefined> {
    this.model.user = asked.user;
    const headers = key === undefined ? {} : { "idempotency-key": key };
    const sent = await this.send("POST", "/ask", this.#body(asked, false), asked, headers);
    if (!this.mayUse(this.reference.session(asked.session), asked.user)) {
      expect(sent.status, sent.text).toBe(409);
      return undefined;
    }
    expect(sent.status, sent.text).toBe(200);
    return { ...JSON.parse(sent.text), replayed: sent.headers.get("idempotency-replayed") === "true" };
  }

  /** Begins a stream. @returns undefined if the session belongs to another user */
  async stream(asked: Question): Promise<Events | undefined> {
    this.model.user = asked.user;
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: raw(this.#body(asked, true)) };
    const response = await llamory.fetch("/ask", init);
    if (!this.mayUse(this.reference.session(asked.session), asked.user)) {
      expect(response.status).toBe(409);
      return undefined;
    }
    expect(response.status).toBe(200);
    return new Events(response);
  }

  /** Stores an answered question in the reference. */
  store({ session: at, user, question }: Question, { turnId, answer }: Answer, more: Partial<Unit> = {}): void {
    const session = this.reference.session(at);
    session.owner ??= user;
    const lines = [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ];
    session.units.push({ lines, turnId, user, withdrawn: false, ...more });
  }
}

const raw = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body));
