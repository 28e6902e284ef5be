/** What is read of a session, on behalf of anybody, or of the one user whose it must be. Nothing is written. */
import type { AiBinding } from "../../llm/binding";
import { cleanMessages } from "../../llm/control-tokens";
import type { EmbeddingOptions } from "../../llm/embedder";
import { Llama } from "../../llm/llama";
import { measure } from "../../turn/budget";
import { type Preview, preview, type Sizes } from "../../turn/preview";
import { type Failed, failed, ok, type Result } from "../../turn/result";
import type { Message, RecalledMessage, StoredTurn } from "../../turn/types";
import type { Form } from "../../wire/forms";
import { readContext } from "../memory/context";
import type { SessionInfo } from "../memory/messages";
import { recall, SEARCH_TOKENS } from "../memory/ranking";
import type { Asking } from "./ask-request";
import type { Meaning } from "./embeddings";
import type { SessionTurns } from "./session-turns";
import type { Store } from "./store";
import type { UserLink } from "./user-sync";

/** A page of the transcript: only messages with a smaller `seq` than `before`, so many at most. */
export interface Page {
  before?: number | undefined;
  limit: number;
}

/** What is told of a session without its messages. */
export interface ReadInfo extends SessionInfo {
  title: string | null;
  /** How many messages have a vector of the encoder that was asked for. */
  vectors: number;
}

interface Deps {
  ai: AiBinding;
  store: Store;
  turns: SessionTurns;
  meaning: Meaning;
  user: UserLink;
}

export class SessionReads {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Why a user may not read the session; undefined where they may. @param by the name of their object, if anybody's */
  mayRead(by: string | undefined): Failed | undefined {
    if (by === undefined) return undefined;
    const refusal = this.#deps.user.refusal({ object: by, mayAdopt: false });
    if (refusal) return failed(refusal);
    // While it is nobody's, the first question of somebody else may run, and is not written yet.
    const isOpen = this.#deps.store.ownership.owner !== undefined || this.#deps.turns.areOf(by);
    return isOpen ? undefined : failed({ reason: "session_of_another_user" });
  }

  /** As {@link mayRead}, of one turn: one that runs or waits is its own user's, whoever else's turns wait there. */
  mayReadTurn(turnId: string, by: string | undefined): Failed | undefined {
    const live = this.#deps.turns.live(turnId);
    if (by === undefined || live?.user === undefined) return this.mayRead(by);
    const refusal = this.#deps.user.refusal({ object: by, mayAdopt: false });
    if (refusal) return failed(refusal);
    return live.user === by ? undefined : failed({ reason: "session_of_another_user" });
  }

  turn(turnId: string, by: string | undefined): Result<StoredTurn> {
    return this.mayReadTurn(turnId, by) ?? found(this.#deps.turns.get(turnId));
  }

  follow(turnId: string, form: Form, after: number | null, by: string | undefined): Result<ReadableStream<Uint8Array>> {
    return this.mayReadTurn(turnId, by) ?? this.#deps.turns.follow(turnId, form, after);
  }

  history({ before, limit }: Page, by: string | undefined): Result<{ messages: Message[]; nextCursor: number | null }> {
    const refusal = this.mayRead(by);
    if (refusal) return refusal;
    const messages = this.#deps.store.messages.page(before, limit);
    const last = messages.at(-1)?.seq ?? 1;
    return ok({ messages: this.#asTheyAre(messages), nextCursor: last > 1 ? last : null });
  }

  pick(seqs: number[], by: string | undefined): Result<{ messages: Message[]; nextCursor: null }> {
    const messages = () => this.#asTheyAre(this.#deps.store.messages.shown(seqs));
    return this.mayRead(by) ?? ok({ messages: messages(), nextCursor: null });
  }

  #asTheyAre(messages: Message[]): Message[] {
    return messages.map((message) => this.#deps.turns.asItIs(message, message.turnId));
  }

  info(embeddingModel: string, by: string | undefined): Result<ReadInfo> {
    const { messages, title, vectors } = this.#deps.store;
    const info = () => ({ ...messages.info(), title: title.text, vectors: vectors.count(embeddingModel) });
    return this.mayRead(by) ?? ok(info());
  }

  async context({ ask, model, embedding, user }: Asking, sizes: Sizes): Promise<Result<Preview>> {
    const refusal = this.#deps.user.refusal(user);
    if (refusal) return failed(refusal);
    const { window } = new Llama(this.#deps.ai, model);
    const isLong = sizes.windowTokens !== undefined || this.#deps.turns.isLong(ask, model);
    const recallTokens = sizes.recallTokens ?? ask.recallTokens;
    const [question, known] = await Promise.all([
      embedding && isLong ? this.#deps.meaning.question(ask.question, embedding) : null,
      user && this.#deps.user.joining.read(user, { ...ask, recallTokens }),
    ]);
    const { messages } = this.#deps.store;
    const scope = {
      total: messages.count(),
      timeZone: ask.timeZone,
      nearest: this.#deps.meaning.nearestTo(question),
      user: known,
    };
    const shown = preview(measure(ask), window, sizes, (budget) => readContext(messages, ask.question, budget, scope));
    return shown.ok ? ok({ ...shown.value, messages: cleanMessages(shown.value.messages) }) : shown;
  }

  async search(
    text: string,
    limit: number,
    embedding: EmbeddingOptions | undefined,
    by: string | undefined,
  ): Promise<Result<RecalledMessage[]>> {
    const { messages } = this.#deps.store;
    const question = embedding ? await this.#deps.meaning.question(text, embedding) : null;
    const refusal = this.mayRead(by);
    if (refusal) return refusal;
    const before = messages.end().last + 1;
    const nearest = this.#deps.meaning.nearestTo(question)?.(before);
    return ok(recall(messages, text, { before, tokens: SEARCH_TOKENS, count: limit }, { nearest }).recalled);
  }
}

function found<T>(value: T | null): Result<T> {
  return value === null ? failed({ reason: "turn_not_found" }) : ok(value);
}
