/** Reads of a session, for all readers or for the session's user alone. They write nothing. */
import { cleanMessages } from "../../llm/control-tokens";
import type { EmbeddingOptions } from "../../llm/embedder";
import { measure } from "../../turn/budget";
import type { Explanation } from "../../turn/explanation";
import { type Preview, type PreviewOptions, preview } from "../../turn/preview";
import { promptHash } from "../../turn/prompt-hash";
import { type Failed, failed, ok, type Result } from "../../turn/result";
import type { Budget, Message, PromptMessage, RecalledMessage, StoredTurn } from "../../turn/types";
import { readContext } from "../memory/context";
import type { Embeddings } from "../memory/embeddings";
import { explain } from "../memory/explain";
import { embeddedQuestion } from "../memory/follow-ups";
import type { SessionInfo } from "../memory/messages";
import { recall, SEARCH_TOKENS } from "../memory/ranking";
import type { AskRequest } from "./ask-request";
import type { Session } from "./session";
import type { UserSync } from "./user-sync";

/** A page of the transcript: at most `limit` messages with a smaller `seq` than `before`. */
export interface Page {
  before?: number | undefined;
  limit: number;
}

/** A search for messages. */
export interface Search {
  text: string;
  /** The most messages to return. */
  limit: number;
  /** The IANA time zone of the days in the text. */
  timeZone: string;
  /** The messages to explain, by `seq`. */
  explain?: number[] | undefined;
  /** Absent if the search uses words alone. */
  embedding?: EmbeddingOptions | undefined;
}

/** The messages that a search found, best first, and the explanations that it requested. */
export interface SearchResult {
  recalled: RecalledMessage[];
  explained?: Explanation[] | undefined;
}

/** A session without its messages. */
export interface ReadInfo extends SessionInfo {
  title: string | null;
  instructions: string | null;
  timeZone: string | null;
  /** Messages that have a vector of the requested encoder. */
  vectors: number;
}

/** The prompt of a turn. */
export interface SentPrompt {
  model: string;
  messages: PromptMessage[];
  exact: boolean;
}

const FOREIGN = failed({ reason: "session_of_another_user" });

/** `reader`: the object's name of the only user who may read; undefined if all may. */
export class SessionReads {
  readonly #session: Session;
  readonly #user: UserSync;
  readonly #embeddings: Embeddings;

  constructor(session: Session, user: UserSync, embeddings: Embeddings) {
    this.#session = session;
    this.#user = user;
    this.#embeddings = embeddings;
  }

  /** Returns why a reader may not read the session; undefined if the reader may. */
  readRefusal(reader: string | undefined): Failed | undefined {
    if (reader === undefined) return undefined;
    const refusal = this.#user.refusal({ object: reader, canClaim: false });
    if (refusal) return failed(refusal);
    // In a session without an owner, the first turn of another user may run.
    const { store, live } = this.#session;
    return store.ownership.owner !== undefined || live.belongTo(reader) ? undefined : FOREIGN;
  }

  /** As {@link readRefusal}, for one turn: a turn that runs or waits belongs to its own user. */
  turnRefusal(turnId: string, reader: string | undefined): Failed | undefined {
    const turn = this.#session.live.get(turnId);
    if (reader === undefined || turn?.user === undefined) return this.readRefusal(reader);
    const refusal = this.#user.refusal({ object: reader, canClaim: false });
    if (refusal) return failed(refusal);
    return turn.user === reader ? undefined : FOREIGN;
  }

  turn(turnId: string, reader: string | undefined): Result<StoredTurn> {
    const refusal = this.turnRefusal(turnId, reader);
    if (refusal) return refusal;
    const turn = this.#session.turn(turnId);
    return turn ? ok(turn) : failed({ reason: "turn_not_found" });
  }

  history(
    { before, limit }: Page,
    reader: string | undefined,
  ): Result<{ messages: Message[]; nextCursor: number | null }> {
    const refusal = this.readRefusal(reader);
    if (refusal) return refusal;
    const messages = this.#session.store.messages.page(before, limit);
    const last = messages.at(-1)?.seq ?? 1;
    return ok({ messages: this.#session.shown(messages), nextCursor: last > 1 ? last : null });
  }

  pick(seqs: number[], reader: string | undefined): Result<{ messages: Message[]; nextCursor: null }> {
    const refusal = this.readRefusal(reader);
    if (refusal) return refusal;
    return ok({ messages: this.#session.shown(this.#session.store.messages.shown(seqs)), nextCursor: null });
  }

  info(embeddingModel: string, reader: string | undefined): Result<ReadInfo> {
    const refusal = this.readRefusal(reader);
    if (refusal) return refusal;
    const { messages, title, vectors, settings } = this.#session.store;
    const { instructions = null, timeZone = null } = settings.get();
    const shown = { title: title.text, vectors: vectors.count(embeddingModel), instructions, timeZone };
    return ok({ ...messages.info(), ...shown });
  }

  async context(request: AskRequest, options: PreviewOptions): Promise<Result<Preview>> {
    const { embedding, user } = request;
    const input = this.#session.store.settings.applyTo(request.input);
    const refusal = this.#user.refusal(user);
    if (refusal) return failed(refusal);
    const isLong = options.windowTokens !== undefined || this.#session.isLong(request);
    const { messages } = this.#session.store;
    const recallTokens = options.recallTokens ?? input.recallTokens;
    const usesVectors = isLong && this.#embeddings.has(embedding);
    const textOf = () => embeddedQuestion(messages, input.question);
    const pending = this.#embeddings.begin(textOf, embedding, user !== undefined || usesVectors);
    const memory = user && (await this.#user.joining.read(user, { ...input, recallTokens }, pending));
    const vector = usesVectors ? await pending?.vector : null;
    // Another user may have claimed the session meanwhile.
    const late = this.#user.refusal(user);
    if (late) return failed(late);
    const scope = {
      total: messages.count(),
      timeZone: input.timeZone,
      now: Date.now(),
      nearest: this.#embeddings.nearestTo(vector),
      user: memory,
      explain: options.explain,
    };
    const { window } = this.#session.model(request);
    const shown = preview(input, window, options, (budget) => readContext(messages, input.question, budget, scope));
    return shown.ok ? ok({ ...shown.value, messages: cleanMessages(shown.value.messages) }) : shown;
  }

  /**
   * Rebuilds the prompt of a turn from the messages before it and the present memory of its user.
   * @returns `exact`: whether it is the text that was sent
   */
  async prompt(turnId: string, request: AskRequest): Promise<Result<SentPrompt>> {
    const { store } = this.#session;
    const turn = this.#session.turn(turnId);
    if (!turn) return failed({ reason: "turn_not_found" });
    const { memory: used, createdAt } = turn;
    const own = store.removals.messagesOf(turnId);
    const name = own.find(({ role }) => role === "user")?.name;
    // A turn that begins with its answer continued another one.
    const question = own[0]?.role === "assistant" ? "" : turn.question;
    const model = turn.model || request.model.model;
    const { input } = request;
    const sizes = {
      maxTokens: used.prompt?.reply ?? input.maxTokens,
      contextTokens: used.prompt?.limit ?? input.contextTokens,
    };
    const asked = store.settings.applyTo(measure({ ...input, ...sizes, question, name }), createdAt);
    const { owner } = store.ownership;
    const user = used.user && owner && request.user && { ...request.user, object: owner.user };
    const end = own[0]?.seq;
    const { embedding } = request;
    const usesVectors = used.recall !== "words" && this.#embeddings.has(embedding);
    const textOf = () => embeddedQuestion(store.messages, question, end);
    const pending = this.#embeddings.begin(textOf, embedding, user !== undefined || usesVectors);
    const known = user && (await this.#user.joining.read(user, asked, pending));
    const vector = usesVectors ? await pending?.vector : null;
    const scope = { total: 0, end, timeZone: asked.timeZone, now: createdAt, user: known };
    const nearest = this.#embeddings.nearestTo(vector);
    const { window } = this.#session.model({ ...request, model: { ...request.model, model } });
    const read = (budget: Budget) => readContext(store.messages, question, budget, { ...scope, nearest });
    const built = preview(asked, window, {}, read);
    if (!built.ok) return built;
    const { messages } = built.value;
    return ok({ model, messages: cleanMessages(messages), exact: used.hash === promptHash(messages) });
  }

  async search(
    { text, limit, timeZone, explain: seqs, embedding }: Search,
    reader: string | undefined,
  ): Promise<Result<SearchResult>> {
    const early = this.readRefusal(reader);
    if (early) return early;
    const pending = this.#embeddings.begin(() => text, embedding, this.#embeddings.has(embedding));
    const vector = await pending?.vector;
    // Another user may have claimed the session meanwhile.
    const refusal = this.readRefusal(reader);
    if (refusal) return refusal;
    const { messages } = this.#session.store;
    const before = messages.end().last + 1;
    const nearest = this.#embeddings.nearestTo(vector)?.(before);
    const limits = { before, tokens: SEARCH_TOKENS, count: limit, whole: true };
    const beyond = { nearest, now: Date.now(), timeZone };
    const { recalled } = recall(messages, text, limits, beyond);
    return ok({ recalled, explained: seqs && explain(messages, text, seqs, recalled, limits, beyond) });
  }
}
