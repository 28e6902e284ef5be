/**
 * ChatDO: the memory and the turns of one session. This file is its RPC surface.
 *
 * `reader` is the object's name of the only user who may read: the session must be theirs, or empty. Undefined: all may.
 */
import { DurableObject } from "cloudflare:workers";
import type { Preview, PreviewOptions } from "../turn/preview";
import { ok, type Result } from "../turn/result";
import type { AskReply, Entry, Message, NewMessage, StoredTurn } from "../turn/types";
import type { Form } from "../wire/forms";
import { appendMessages } from "./session/append";
import type { Appended } from "./session/append-keys";
import type { AskRequest, SessionUser } from "./session/ask-request";
import { conversationOf, type ItemPage, inputOf, itemPage } from "./session/conversation-reads";
import { deleteMessage } from "./session/delete-message";
import { Fork, type ForkSource, type ImportedSession } from "./session/fork";
import { Lifecycle } from "./session/lifecycle";
import { moveSession } from "./session/move-session";
import { Session, type SessionBindings } from "./session/session";
import { exportOf, sessionLines } from "./session/session-export";
import type { SessionLimits } from "./session/session-limits";
import {
  type Page,
  type ReadInfo,
  type Search,
  type SearchResult,
  type SentPrompt,
  SessionReads,
} from "./session/session-reads";
import type { Conversation } from "./session/session-settings";
import { SessionTurns } from "./session/session-turns";
import { type SessionChange, UserSync } from "./session/user-sync";
import type { NewOwner, SessionPart } from "./user/session-object";

export class ChatDO extends DurableObject<SessionBindings> {
  readonly #session: Session;
  readonly #user: UserSync;
  readonly #lifecycle: Lifecycle;
  readonly #turns: SessionTurns;
  readonly #reads: SessionReads;
  readonly #fork: Fork;

  constructor(ctx: DurableObjectState, env: SessionBindings) {
    super(ctx, env);
    this.#session = new Session(ctx, env);
    this.#user = new UserSync(this.#session);
    this.#lifecycle = new Lifecycle(this.#session, this.#user);
    this.#turns = new SessionTurns(this.#session, this.#user, this.#lifecycle);
    this.#reads = new SessionReads(this.#session, this.#user);
    this.#fork = new Fork(this.#session, this.#user);
    if (this.#session.store.recovered) void this.#lifecycle.written();
  }

  /** Asks a question. Returns expected failures and never throws them. The turn continues if the caller leaves. */
  ask(request: AskRequest): Promise<AskReply> | AskReply {
    return this.#turns.ask(request);
  }

  /** Returns a turn, running or ended; `turn_not_found`. */
  getTurn(turnId: string, reader?: string): Result<StoredTurn> {
    return this.#reads.turn(turnId, reader);
  }

  /**
   * Returns the events of a turn as bytes: past ones, then live ones.
   * @param after characters of the answer that the caller has; null for all events
   */
  follow(turnId: string, form: Form, after: number | null, reader?: string): Result<ReadableStream<Uint8Array>> {
    return this.#reads.readRefusal(reader, turnId) ?? this.#turns.follow(turnId, form, after);
  }

  /** Cancels a turn. Keeps the partial answer of a running turn; deletes a waiting one. @returns the turn; `turn_not_found` */
  cancelTurn(turnId: string, reader?: string): Result<StoredTurn> {
    return this.#reads.readRefusal(reader, turnId) ?? this.#turns.cancel(turnId);
  }

  /** Deletes the question and the answer of a turn; cancels it first if it runs. Later turns stay. */
  async withdrawTurn(turnId: string, reader?: string): Promise<Result<{ deleted: number }>> {
    return this.#reads.readRefusal(reader, turnId) ?? this.#turns.withdraw(turnId);
  }

  /** Deletes an appended message; `message_not_found`, `message_of_a_turn`. */
  deleteMessage(seq: number): Promise<Result<void>> {
    return deleteMessage(this.#session, this.#user, seq);
  }

  /**
   * Returns a page of the transcript, newest first; fewer messages than `limit` if they are long.
   * @returns `nextCursor`: `before` of the next page, null at the end
   */
  getHistory(page: Page, reader?: string): Result<{ messages: Message[]; nextCursor: number | null }> {
    return this.#reads.history(page, reader);
  }

  /** Returns messages by `seq`, newest first, in the form of a last page. */
  pick(seqs: number[], reader?: string): Result<{ messages: Message[]; nextCursor: null }> {
    return this.#reads.pick(seqs, reader);
  }

  /** Returns messages from a place on. */
  items(page: ItemPage): Result<{ messages: Message[]; hasMore: boolean }> {
    return itemPage(this.#session, page);
  }

  /** Returns the messages of a turn before its answer; `turn_not_found`. */
  inputOf(turnId: string): Result<Message[]> {
    return inputOf(this.#session, turnId);
  }

  /** Returns the session as a conversation, with new metadata if they are given; `conversation_not_found`. */
  async conversation(metadata?: Conversation["metadata"]): Promise<Result<Conversation>> {
    const found = conversationOf(this.#session);
    if (!found.ok || !metadata) return found;
    const conversation = { ...found.value, metadata };
    const changed = await this.change({ conversation });
    return changed.ok ? ok(conversation) : changed;
  }

  /** Changes the title of the session, in its user's object first, and its settings. Absent fields stay. */
  async change(change: SessionChange): Promise<Result<void>> {
    const changed = await this.#user.change(change);
    if (changed.ok) this.ctx.waitUntil(this.#lifecycle.written());
    return changed;
  }

  /** Moves the session to another user; see {@link moveSession}. @param from the only object of a user that may lose it */
  async move(user: SessionUser, from?: string): Promise<Result<boolean>> {
    const moved = await moveSession(this.#session, this.#user, user, from);
    if (moved.ok) this.ctx.waitUntil(this.#user.sync());
    return moved;
  }

  /** Appends messages, all or none, when the call is first in the queue. Without a request, the session has no limits. */
  async append(messages: NewMessage[], request?: AskRequest): Promise<Result<Appended>> {
    const appended = await appendMessages(this.#session, this.#user, messages, request);
    if (appended.ok) this.ctx.waitUntil(this.#appended(request));
    return appended;
  }

  /** Returns the session as lines of JSON. */
  export(): ReadableStream<Uint8Array> {
    return sessionLines(this.#session.store);
  }

  /** Returns a user's session as lines of JSON, after a line with its id and settings; null if it is not theirs. */
  exportOf(user: string): ReadableStream<Uint8Array> | null {
    return exportOf(this.#session.store, user);
  }

  /** Returns a session to copy. @param before only messages before this `seq` */
  forkSource(before?: number, reader?: string): Result<ForkSource> {
    return this.#reads.readRefusal(reader) ?? ok(this.#fork.source(before));
  }

  /** Starts an import or a copy into an empty session. @returns the id for the calls below; `session_not_empty` */
  beginImport(request?: AskRequest): Promise<Result<string>> {
    return this.#fork.begin(request);
  }

  /** Stores a part of a session of a user's export; the session must be unused. @returns as `addToImport` */
  async importPart(part: SessionPart, user: NewOwner, limits: SessionLimits): Promise<Result<number | null>> {
    const stored = await this.#fork.part(part, user, limits);
    if (stored.ok && part.end) this.ctx.waitUntil(this.#appended(undefined));
    return stored;
  }

  /** Adds to an import. @returns the index of the first entry that cannot be added, or null */
  addToImport(id: string, entries: Entry[], limits: SessionLimits): Result<number | null> {
    return this.#fork.add(id, entries, limits);
  }

  /** Makes an import the content of the session, in one transaction. */
  async finishImport(id: string, request: AskRequest, source?: ImportedSession): Promise<Result<{ messages: number }>> {
    const finished = await this.#fork.finish(id, source);
    if (finished.ok) this.ctx.waitUntil(this.#appended(request));
    return finished;
  }

  /** Deletes an import, also a finished one of a user. Does nothing for another id. */
  async cancelImport(id: string): Promise<void> {
    this.#fork.cancel(id);
    if (this.#session.store.ownership.owner?.importId === id) await this.destroy();
  }

  /** Empties the session and cancels its turns, after its user's object has deleted it. The session then has no user. */
  reset(): Promise<Result<{ deleted: number }>> {
    return this.#lifecycle.reset();
  }

  /** As `reset`, and gives the storage back. */
  destroy(): Promise<Result<{ deleted: number }>> {
    return this.#lifecycle.destroy();
  }

  /** Called when a user is deleted: deletes the session if it is theirs, and fails their turns that run or wait. */
  leave(user: string): Promise<Result<void>> {
    return this.#lifecycle.leave(user);
  }

  /** Whether the session has stored something in an epoch with a user, or may be about to. */
  holds(user: string, epoch: string): boolean {
    return this.#lifecycle.holds(user, epoch);
  }

  override alarm(): Promise<void> {
    return this.#lifecycle.runTasks();
  }

  /** Returns the counts and the title of the session. */
  info(embeddingModel: string, reader?: string): Result<ReadInfo> {
    return this.#reads.info(embeddingModel, reader);
  }

  /** Returns the prompt of a question, and its parts. Starts no turn. */
  context(request: AskRequest, options: PreviewOptions): Promise<Result<Preview>> {
    return this.#reads.context(request, options);
  }

  /** Returns the prompt of a turn, rebuilt; `turn_not_found`. The session's user takes the place of the request's. */
  prompt(turnId: string, request: AskRequest): Promise<Result<SentPrompt>> {
    return this.#reads.prompt(turnId, request);
  }

  /** Returns the messages that match a text best, best first. */
  search(search: Search, reader?: string): Promise<Result<SearchResult>> {
    return this.#reads.search(search, reader);
  }

  /** Starts the sync before an encoder is called, which may be slow. */
  async #appended(request: AskRequest | undefined): Promise<void> {
    await Promise.all([this.#user.sync(), this.#lifecycle.written(request)]);
  }
}
