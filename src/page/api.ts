/** What the page asks of the server: through the typed client, as any other client would. */
import {
  AskError,
  type AskRequest,
  askStream,
  type Client,
  createClient,
  type OpenAIError,
  type Problem,
  type StreamEvent,
  turnStream,
} from "llamory/client";

/** How often in a row a lost connection is taken up again: for about a minute. */
const RETRIES = 8;

/** A request that was refused, in the server's own words. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: string;

  constructor(body: Problem | OpenAIError) {
    super(
      "error" in body
        ? body.error.message
        : [body.detail, ...(body.errors ?? []).map(({ message }) => message)].join(" "),
    );
    this.code = "error" in body ? (body.error.code ?? "") : body.code;
  }
}

/** What went wrong, for whoever looks at the page. */
export function toldOf(error: unknown): { code: string; text: string } {
  if (error instanceof Refused) return { code: error.code, text: error.message };
  if (error instanceof AskError) return { code: error.problem.code, text: new Refused(error.problem).message };
  return { code: "unreachable", text: "The server does not answer. Is it running, and are you online?" };
}

export class Api {
  readonly #client: Client;
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    this.#token = token;
    this.#client = createClient(location.origin, { token });
  }

  ask(request: AskRequest, idempotencyKey: string): AsyncGenerator<StreamEvent> {
    return askStream(location.origin, request, { token: this.#token, idempotencyKey, retries: RETRIES });
  }

  follow(sessionId: string, turnId: string): AsyncGenerator<StreamEvent> {
    return turnStream(location.origin, { sessionId, turnId }, { token: this.#token, retries: RETRIES });
  }

  async cancel(sessionId: string, turnId: string) {
    const response = await this.#client.sessions[":sessionId"].turns[":turnId"].$delete({
      param: { sessionId, turnId },
    });
    if (!response.ok) throw new Refused(await response.json());
  }

  async turn(sessionId: string, turnId: string) {
    const response = await this.#client.sessions[":sessionId"].turns[":turnId"].$get({ param: { sessionId, turnId } });
    if (!response.ok) throw new Refused(await response.json());
    return response.json();
  }

  async session(sessionId: string) {
    const response = await this.#client.sessions[":sessionId"].$get({ param: { sessionId } });
    if (!response.ok) throw new Refused(await response.json());
    return response.json();
  }

  /** The newest messages, or those before a number, oldest first. */
  async history(sessionId: string, limit: number, before?: number) {
    const query = { limit: String(limit), ...(before !== undefined && { before: String(before) }) };
    const response = await this.#client.sessions[":sessionId"].messages.$get({ param: { sessionId }, query });
    if (!response.ok) throw new Refused(await response.json());
    return (await response.json()).data.reverse();
  }

  /** Messages by their numbers. */
  async pick(sessionId: string, seqs: number[]) {
    const query = { seq: seqs.join() };
    const response = await this.#client.sessions[":sessionId"].messages.$get({ param: { sessionId }, query });
    if (!response.ok) throw new Refused(await response.json());
    return (await response.json()).data;
  }

  async search(sessionId: string, q: string) {
    const response = await this.#client.sessions[":sessionId"].search.$post({
      param: { sessionId },
      json: { q, limit: 20 },
    });
    if (!response.ok) throw new Refused(await response.json());
    return (await response.json()).data;
  }

  async searchUser(userId: string, q: string) {
    const response = await this.#client.users[":userId"].search.$post({ param: { userId }, json: { q, limit: 20 } });
    if (!response.ok) throw new Refused(await response.json());
    return (await response.json()).data;
  }

  /** The prompt that a question would be asked with. */
  async preview(sessionId: string, question: string, userId: string | undefined) {
    const json = { question, userId };
    const response = await this.#client.sessions[":sessionId"].context.$post({ param: { sessionId }, json });
    if (!response.ok) throw new Refused(await response.json());
    return response.json();
  }

  async rename(sessionId: string, title: string) {
    const response = await this.#client.sessions[":sessionId"].$patch({ param: { sessionId }, json: { title } });
    if (!response.ok) throw new Refused(await response.json());
  }

  /** @param leaving whether the page is about to go */
  async remove(sessionId: string, leaving = false) {
    const init = { init: { keepalive: leaving } };
    const response = await this.#client.sessions[":sessionId"].$delete({ param: { sessionId } }, init);
    if (!response.ok) throw new Refused(await response.json());
  }

  async reset(sessionId: string) {
    const response = await this.#client.reset.$post({ json: { sessionId } });
    if (!response.ok) throw new Refused(await response.json());
  }

  async exported(sessionId: string) {
    const response = await this.#client.sessions[":sessionId"].export.$get({ param: { sessionId } });
    return response.ok ? response.text() : Promise.reject(new Refused(await response.json()));
  }

  async imported(sessionId: string, lines: string) {
    const init = { init: { body: lines, headers: this.#headers("application/x-ndjson") } };
    const response = await this.#client.sessions[":sessionId"].import.$post({ param: { sessionId } }, init);
    if (!response.ok) throw new Refused(await response.json());
  }

  async sessionsOf(userId: string, cursor?: string) {
    const query = { limit: "50", ...(cursor !== undefined && { cursor }) };
    const response = await this.#client.users[":userId"].sessions.$get({ param: { userId }, query });
    if (!response.ok) throw new Refused(await response.json());
    return response.json();
  }

  async facts(userId: string) {
    const response = await this.#client.users[":userId"].facts.$get({ param: { userId } });
    if (!response.ok) throw new Refused(await response.json());
    return (await response.json()).data;
  }

  async addFact(userId: string, text: string) {
    const response = await this.#client.users[":userId"].facts.$post({ param: { userId }, json: { text } });
    if (!response.ok) throw new Refused(await response.json());
  }

  async changeFact(userId: string, factId: string, text: string) {
    const at = this.#client.users[":userId"].facts[":factId"];
    const response = await at.$patch({ param: { userId, factId }, json: { text } });
    if (!response.ok) throw new Refused(await response.json());
  }

  async deleteFact(userId: string, factId: string) {
    const response = await this.#client.users[":userId"].facts[":factId"].$delete({ param: { userId, factId } });
    if (!response.ok) throw new Refused(await response.json());
  }

  async models() {
    const response = await this.#client.v1.models.$get();
    if (!response.ok) throw new Refused(await response.json());
    return (await response.json()).data;
  }

  #headers(type: string): Record<string, string> {
    return { "content-type": type, ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }) };
  }
}

export type Message = Awaited<ReturnType<Api["history"]>>[number];
export type Recalled = Awaited<ReturnType<Api["search"]>>[number];
export type Turn = Awaited<ReturnType<Api["turn"]>>;
export type Memory = Turn["memory"];
export type Preview = Awaited<ReturnType<Api["preview"]>>;
export type Fact = Awaited<ReturnType<Api["facts"]>>[number];
export type Model = Awaited<ReturnType<Api["models"]>>[number];
