/** Reads of a session, for all readers or for the session's user alone. They change no message. */
import { cleanMessages } from "../../llm/control-tokens";
import type { EmbeddingOptions } from "../../llm/embedder";
import { measure } from "../../turn/budget";
import type { Explanation } from "../../turn/explanation";
import { type Preview, type PreviewOptions, preview } from "../../turn/preview";
import { promptHash } from "../../turn/prompt-hash";
import { type Failed, failed, ok, type Result } from "../../turn/result";
import type { Message, PromptInput, PromptMessage, RecalledMessage, StoredTurn } from "../../turn/types";
import { readContext } from "../memory/context";
import { explain } from "../memory/explain";
import { embeddedQuestion } from "../memory/follow-ups";
import type { SessionInfo } from "../memory/messages";
import { recall, SEARCH_TOKENS } from "../memory/ranking";
import type { AskRequest, SessionUser } from "./ask-request";
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

/** `reader`: the object's name of the only user who may read; undefined if all may. */
export class SessionReads {
  readonly #session: Session;
  readonly #user: UserSync;

  constructor(session: Session, user: UserSync) {
    this.#session = session;
    this.#user = user;
  }

  /**
   * Returns why a reader may not read the session; undefined if the reader may.
   * @param turnId the turn to read: one that runs or waits belongs to its own user
   */
  readRefusal(reader: string | undefined, turnId = ""): Failed | undefined {
    if (reader === undefined) return undefined;
    const refusal = this.#user.refusal({ object: reader, canClaim: false });
    if (refusal) return failed(refusal);
    const { store, live } = this.#session;
    const user = live.get(turnId)?.user;
    // In a session without an owner, the first turn of another user may run.
    const isOpen = user === undefined ? store.ownership.owner || live.belongTo(reader) : user === reader;
    return isOpen ? undefined : failed({ reason: "session_of_another_user" });
  }

  turn(turnId: string, reader: string | undefined): Result<StoredTurn> {
    const refusal = this.readRefusal(reader, turnId);
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
    const { messages: stored } = this.#session.store;
    const messages = stored.page(before, limit);
    const last = messages.at(-1)?.seq ?? 1;
    // All messages before the last one may be deleted.
    const isEnd = last === 1 || stored.later(0, 1)[0]?.seq === last;
    return ok({ messages: this.#session.shown(messages), nextCursor: isEnd ? null : last });
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
    const recallTokens = options.recallTokens ?? input.recallTokens;
    const memory = await this.#memory(embedding, user, { ...input, recallTokens }, isLong);
    // Another user may have claimed the session meanwhile.
    const late = this.#user.refusal(user);
    if (late) return failed(late);
    const { messages } = this.#session.store;
    const scope = { ...memory, total: messages.count(), now: Date.now(), explain: options.explain };
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
    const memory = await this.#memory(request.embedding, user, asked, used.recall !== "words", own[0]?.seq);
    const scope = { ...memory, total: 0, now: createdAt };
    const { window } = this.#session.model({ ...request, model: { ...request.model, model } });
    const built = preview(asked, window, {}, (budget) => readContext(store.messages, question, budget, scope));
    if (!built.ok) return built;
    const { messages } = built.value;
    return ok({ model, messages: cleanMessages(messages), exact: used.hash === promptHash(messages) });
  }

  /**
   * Returns the parts of a prompt's scope that take calls: the memory of the user and the vector of the question.
   * @param isCompared whether messages of the session are compared with the vector, if they have some
   * @param end only messages before this `seq` are used
   */
  async #memory(
    embedding: EmbeddingOptions | undefined,
    user: SessionUser | undefined,
    input: PromptInput,
    isCompared: boolean,
    end?: number,
  ) {
    const usesVectors = isCompared && this.#session.embeddings.has(embedding);
    const textOf = () => embeddedQuestion(this.#session.store.messages, input.question, end);
    const pending = this.#session.embeddings.begin(textOf, embedding, user !== undefined || usesVectors);
    const known = user && (await this.#user.joining.read(user, input, pending));
    const nearest = this.#session.embeddings.nearestTo(usesVectors ? await pending?.vector : null);
    return { end, timeZone: input.timeZone, user: known, nearest };
  }

  async search(
    { text, limit, timeZone, explain: seqs, embedding }: Search,
    reader: string | undefined,
  ): Promise<Result<SearchResult>> {
    const early = this.readRefusal(reader);
    if (early) return early;
    const pending = this.#session.embeddings.begin(() => text, embedding, this.#session.embeddings.has(embedding));
    const vector = await pending?.vector;
    // Another user may have claimed the session meanwhile.
    const refusal = this.readRefusal(reader);
    if (refusal) return refusal;
    const { messages } = this.#session.store;
    const before = messages.end().last + 1;
    const nearest = this.#session.embeddings.nearestTo(vector)?.(before);
    const limits = { before, tokens: SEARCH_TOKENS, count: limit, whole: true };
    const beyond = { nearest, now: Date.now(), timeZone };
    const { recalled } = recall(messages, text, limits, beyond);
    return ok({ recalled, explained: seqs && explain(messages, text, seqs, recalled, limits, beyond) });
  }
}
