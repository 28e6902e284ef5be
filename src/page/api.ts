/** Requests to the server, sent with the typed client. */
import { parseResponse } from "hono/client";
import { type AskRequest, askStream, type Client, createClient, type StreamEvent, turnStream } from "llamory/client";

/** Sessions of a user that are requested at once. */
const SESSIONS_PAGE = 100;

/** Attempts to reconnect before a turn fails: about a minute with the client's backoff. */
const RETRIES = 8;

/** Tokens for parts of a prompt; the server chooses those that are absent. */
export interface PromptBudget {
  windowTokens?: number;
  recallTokens?: number;
}

interface PreviewOptions extends PromptBudget {
  /** The messages to explain, by seq. */
  explain?: number[];
}

/** How a turn's connection is watched. */
interface Watch {
  signal: AbortSignal;
  /** Called when the connection is lost, before each attempt to reconnect. */
  onRetry: () => void;
}

export class Api {
  readonly #client: Client;
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    this.#token = token;
    this.#client = createClient(location.origin, { token });
  }

  ask(request: AskRequest, idempotencyKey: string | undefined, watch: Watch): AsyncGenerator<StreamEvent> {
    return askStream(location.origin, request, { token: this.#token, idempotencyKey, retries: RETRIES, ...watch });
  }

  follow(sessionId: string, turnId: string, watch: Watch): AsyncGenerator<StreamEvent> {
    return turnStream(location.origin, { sessionId, turnId }, { token: this.#token, retries: RETRIES, ...watch });
  }

  async cancel(sessionId: string, turnId: string) {
    await parseResponse(this.#turn.cancel.$post({ param: { sessionId, turnId } }));
  }

  turn(sessionId: string, turnId: string) {
    return parseResponse(this.#turn.$get({ param: { sessionId, turnId } }));
  }

  turnPrompt(sessionId: string, turnId: string) {
    return parseResponse(this.#turn.prompt.$get({ param: { sessionId, turnId } }));
  }

  /** @param closing whether the page is closing: the request outlives it then */
  async deleteTurn(sessionId: string, turnId: string, closing: boolean) {
    await parseResponse(this.#turn.$delete({ param: { sessionId, turnId } }, { init: { keepalive: closing } }));
  }

  async deleteMessage(sessionId: string, seq: number, closing: boolean) {
    const param = { sessionId, seq: String(seq) };
    await parseResponse(this.#session.messages[":seq"].$delete({ param }, { init: { keepalive: closing } }));
  }

  /** Copies the messages before a seq into a new session. */
  fork(sessionId: string, before: number) {
    return parseResponse(this.#session.fork.$post({ param: { sessionId }, json: { before } }));
  }

  session(sessionId: string) {
    return parseResponse(this.#session.$get({ param: { sessionId } }));
  }

  /** Returns the newest messages, or those before a seq, oldest first. Long messages make fewer than the limit. */
  async history(sessionId: string, limit: number, before?: number) {
    const query = { limit: String(limit), ...(before !== undefined && { before: String(before) }) };
    const { data, nextCursor } = await parseResponse(this.#session.messages.$get({ param: { sessionId }, query }));
    return { messages: data.reverse(), hasOlder: nextCursor !== null };
  }

  async pick(sessionId: string, seqs: number[]) {
    const query = { seq: seqs.join() };
    return (await parseResponse(this.#session.messages.$get({ param: { sessionId }, query }))).data;
  }

  async search(sessionId: string, q: string, limit: number) {
    return (await parseResponse(this.#session.search.$post({ param: { sessionId }, json: { q, limit } }))).data;
  }

  /** Returns the user's messages and facts that match a text. */
  searchUser(userId: string, q: string, limit: number) {
    return parseResponse(
      this.#user.search.$post({ param: { userId: encodeURIComponent(userId) }, json: { q, limit } }),
    );
  }

  /** Returns the prompt that a question would be sent with. */
  preview(sessionId: string, question: string, userId: string | undefined, options: PreviewOptions = {}) {
    const json = { question, userId, ...options };
    return parseResponse(this.#session.context.$post({ param: { sessionId }, json }));
  }

  async rename(sessionId: string, title: string) {
    await parseResponse(this.#session.$patch({ param: { sessionId }, json: { title } }));
  }

  /** @param closing whether the page is closing: the request outlives it then */
  async remove(sessionId: string, closing = false) {
    await parseResponse(this.#session.$delete({ param: { sessionId } }, { init: { keepalive: closing } }));
  }

  async reset(sessionId: string, closing = false) {
    await parseResponse(this.#client.reset.$post({ json: { sessionId } }, { init: { keepalive: closing } }));
  }

  export(sessionId: string) {
    return parseResponse(this.#session.export.$get({ param: { sessionId } }));
  }

  async import(sessionId: string, lines: string) {
    const init = { body: lines, headers: this.#headers("application/x-ndjson") };
    await parseResponse(this.#session.import.$post({ param: { sessionId } }, { init }));
  }

  importUser(userId: string, lines: Blob) {
    const init = { body: lines, headers: this.#headers("application/x-ndjson") };
    return parseResponse(this.#user.import.$post({ param: { userId: encodeURIComponent(userId) } }, { init }));
  }

  sessionsOf(userId: string, cursor?: string) {
    const query = { limit: String(SESSIONS_PAGE), ...(cursor !== undefined && { cursor }) };
    return parseResponse(this.#user.sessions.$get({ param: { userId: encodeURIComponent(userId) }, query }));
  }

  /** Returns a page of all sessions of the token. */
  allSessions(cursor?: string) {
    return parseResponse(
      this.#client.sessions.$get({ query: { limit: String(SESSIONS_PAGE), ...(cursor !== undefined && { cursor }) } }),
    );
  }

  /** Returns a page of all users of the token. */
  allUsers(cursor?: string) {
    return parseResponse(
      this.#client.users.$get({ query: { limit: String(SESSIONS_PAGE), ...(cursor !== undefined && { cursor }) } }),
    );
  }

  async deleteUser(userId: string) {
    await parseResponse(this.#user.$delete({ param: { userId: encodeURIComponent(userId) } }));
  }

  async facts(userId: string) {
    return (await parseResponse(this.#user.facts.$get({ param: { userId: encodeURIComponent(userId) } }))).data;
  }

  async factHistory(userId: string, factId: string) {
    const param = { userId: encodeURIComponent(userId), factId };
    return (await parseResponse(this.#user.facts[":factId"].history.$get({ param }))).data;
  }

  async revertFact(userId: string, factId: string, version: number) {
    const param = { userId: encodeURIComponent(userId), factId };
    await parseResponse(this.#user.facts[":factId"].revert.$post({ param, json: { version } }));
  }

  async addFact(userId: string, json: NewFact) {
    await parseResponse(this.#user.facts.$post({ param: { userId: encodeURIComponent(userId) }, json }));
  }

  async changeFact(userId: string, factId: string, text: string) {
    await parseResponse(
      this.#user.facts[":factId"].$patch({ param: { userId: encodeURIComponent(userId), factId }, json: { text } }),
    );
  }

  /** @param closing whether the page is closing: the request outlives it then */
  async deleteFact(userId: string, factId: string, closing = false) {
    const param = { userId: encodeURIComponent(userId), factId };
    await parseResponse(this.#user.facts[":factId"].$delete({ param }, { init: { keepalive: closing } }));
  }

  health() {
    return parseResponse(this.#client.health.$get());
  }

  async models() {
    return (await parseResponse(this.#client.v1.models.$get())).data;
  }

  get #session() {
    return this.#client.sessions[":sessionId"];
  }

  get #turn() {
    return this.#session.turns[":turnId"];
  }

  get #user() {
    return this.#client.users[":userId"];
  }

  #headers(type: string): Record<string, string> {
    return { "content-type": type, ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }) };
  }
}

export type SessionInfo = Awaited<ReturnType<Api["session"]>>;
export type Message = Awaited<ReturnType<Api["history"]>>["messages"][number];
export type Recalled = Awaited<ReturnType<Api["search"]>>[number];
export type Turn = Awaited<ReturnType<Api["turn"]>>;
export type Memory = Turn["memory"];
export type Preview = Awaited<ReturnType<Api["preview"]>>;
export type Explanation = NonNullable<Preview["explained"]>[number];
export type FactVersion = Awaited<ReturnType<Api["factHistory"]>>[number];
export type Fact = Awaited<ReturnType<Api["facts"]>>[number];
type NewFact = Pick<Fact, "text"> &
  Partial<Pick<Fact, "pinned" | "since" | "until">> & { source?: Fact["sources"][number] | undefined };
export type Model = Awaited<ReturnType<Api["models"]>>[number];
