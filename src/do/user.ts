/** UserDO: the memory of one user across sessions: their sessions, a copy of the transcripts, facts. The RPC surface, kept thin. */
import { DurableObject } from "cloudflare:workers";
import { USER_MAX_MB } from "../limits";
import type { EmbeddingOptions } from "../llm/embedder";
import { objectOf } from "../object-of";
import { failed, ok, type Result } from "../turn/result";
import type { ExportedFact, Fact, FactEdit, FactVersion, Place } from "../turn/user-memory";
import { Embeddings } from "./memory/embeddings";
import type { EncoderOptions } from "./memory/encoder-plan";
import { thrownFailure, tryWrite } from "./sqlite/try-write";
import type { Extraction } from "./user/extraction";
import type { Learned } from "./user/fact-columns";
import { exportFacts, type ImportedFacts, importFacts } from "./user/fact-transfer";
import { cancelImports, importSessions, type SessionsImport, type StoredPart } from "./user/import-sessions";
import { LearnFacts, type LearningBindings } from "./user/learn-facts";
import { type FactsObject, type MovedFacts, moveFacts } from "./user/move-facts";
import type { UserBindings } from "./user/session-object";
import { type Deleted, UserDeletion } from "./user/user-deletion";
import type { Forgotten, Known, Question, SessionUpdate, UserObject } from "./user/user-object";
import { type Matches, UserReads } from "./user/user-reads";
import type { Cursor, ListedSession } from "./user/user-sessions";
import { type ObjectNames, UserStore } from "./user/user-store";
import { UserVectors } from "./user/user-vectors";

interface Bindings extends LearningBindings, UserBindings {
  USER_DO: DurableObjectNamespace<FactsObject>;
  /** Read here and not passed with each ask, because sessions also send updates without an ask. */
  USER_MAX_MB?: string;
}

export class UserDO extends DurableObject<Bindings> implements UserObject {
  readonly #store: UserStore;
  readonly #learnFacts: LearnFacts;
  readonly #deletion: UserDeletion;
  readonly #embeddings: Embeddings;
  readonly #vectors: UserVectors;
  readonly #reads: UserReads;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#store = new UserStore(ctx.storage);
    this.#learnFacts = new LearnFacts(env, this.#store, ctx.id.toString());
    this.#deletion = new UserDeletion(env, this.#store);
    this.#embeddings = new Embeddings(this.#store, env, ctx.id.toString());
    this.#vectors = new UserVectors(this.#store, this.#embeddings);
    this.#reads = new UserReads(this.#store, this.#embeddings, this.#vectors);
  }

  /** Returns facts, messages of other sessions that match a question, and the epoch of the asking session. */
  memory(question: Question): Promise<Known> {
    return this.#reads.memory(question);
  }

  /**
   * Lists a session. A session calls this before it stores anything for the user.
   * @returns the session's epoch; `user_being_deleted` while the user is being deleted
   */
  open(sessionId: string): Result<string> {
    if (this.#store.deletion) return failed({ reason: "user_being_deleted" });
    return this.#write(() => ok(this.#store.open(sessionId)));
  }

  /**
   * Stores new messages of a session. The same update twice changes nothing.
   * @param extraction the model that extracts facts from turns; absent if facts are not extracted
   * @param encoder creates vectors of the messages; absent if recall uses words alone
   * @returns the last `seq` that is stored; `gone` if the session's epoch is over
   */
  tell(update: SessionUpdate, extraction?: Extraction, encoder?: EncoderOptions): number | "gone" {
    const store = this.#store;
    if (store.deletion || !store.sessions.has(update.sessionId, update.epoch)) return "gone";
    const { seq, isPending } = store.transaction(() => {
      const { seq, fresh, again } = store.update(update, Number(this.env.USER_MAX_MB ?? USER_MAX_MB) * 1_000_000);
      const isNew = extraction !== undefined && this.#learnFacts.add(update, fresh, extraction);
      return { seq, isPending: this.#learnFacts.again([...again, ...(update.again ?? [])]) || isNew };
    });
    if (isPending) this.ctx.waitUntil(this.#extract().then(() => this.#embedFacts(encoder)));
    if (encoder) this.ctx.waitUntil(this.#vectors.create(encoder));
    return seq;
  }

  /** Sets the title of a session. Without effect if its epoch is over. */
  rename(sessionId: string, epoch: string, title: string): void {
    const { sessions } = this.#store;
    if (sessions.has(sessionId, epoch)) sessions.rename(sessionId, title);
  }

  /**
   * Deletes a session with its messages and the facts learned from them. Without effect if its epoch is over.
   * @param keepsFacts whether the facts stay until {@link moveFacts}; a call without it then deletes them
   * @param again more turns to learn from again
   */
  forget(sessionId: string, epoch: string, keepsFacts = false, again: Learned[] = []): Result<Forgotten> {
    return this.#write(() => {
      const { sessions } = this.#store;
      const learn = sessions.has(sessionId, epoch) ? this.#learnFacts.pendingOf(sessionId, epoch) : [];
      const lost = this.#store.forget(sessionId, epoch, keepsFacts);
      if (this.#learnFacts.again([...lost, ...again])) this.ctx.waitUntil(this.#extract());
      return ok({ learn, again: lost.filter((turn) => !sessions.get(turn.sessionId)) });
    });
  }

  /** Returns a page of the user's sessions, those with the newest messages first. */
  sessions(limit: number, after?: Cursor): ListedSession[] {
    return this.#store.sessions.list(limit, after);
  }

  /**
   * Returns the messages of all sessions, and the facts, that match a text best, best first.
   * @param timeZone of the days in the text
   */
  searchAll(text: string, limit: number, timeZone?: string, embedding?: EmbeddingOptions): Promise<Matches> {
    return this.#reads.search(text, limit, timeZone, embedding);
  }

  /**
   * Returns facts, newest first, or those that match a text, best first.
   * @param ended whether facts that have ended follow, in their last version
   */
  facts(text?: string, ended = false, embedding?: EmbeddingOptions): Promise<FactVersion[]> {
    return this.#reads.facts(text, ended, embedding);
  }

  /** Returns the versions of a fact, newest first. Fails with `fact_not_found`. */
  factHistory(id: string): Result<FactVersion[]> {
    const versions = this.#store.facts.rows.history(id);
    return versions.length > 0 ? ok(versions) : failed({ reason: "fact_not_found" });
  }

  /**
   * Adds a fact, or confirms the same one. Fails with `facts_full` if the user has {@link MAX_FACTS}.
   * @param encoder creates the vectors of new texts in the background, here and below
   */
  addFact(text: string, source: Place | null, more: FactEdit = {}, encoder?: EncoderOptions): Result<Fact> {
    const { facts, deletion } = this.#store;
    if (deletion) return failed({ reason: "user_being_deleted" });
    const edit = { ...more, text, source: source ?? undefined };
    return this.#change(() => changedFact(facts.add(edit) ?? "facts_full"), encoder);
  }

  /** Changes a fact: a new text or time span is a new version. Fails with `fact_not_found`. */
  changeFact(id: string, edit: FactEdit, encoder?: EncoderOptions): Result<Fact> {
    return this.#change(() => changedFact(this.#store.facts.edit(id, edit) ?? "fact_not_found"), encoder);
  }

  /** Makes an earlier version of a fact current again. Fails with `fact_not_found`, `facts_full`. */
  revertFact(id: string, version: number, encoder?: EncoderOptions): Result<Fact> {
    return this.#change(() => changedFact(this.#store.facts.revert(id, version) ?? "fact_not_found"), encoder);
  }

  /** Deletes a fact with its history. Fails with `fact_not_found`. */
  deleteFact(id: string): Result<void> {
    return this.#write(() => (this.#store.facts.delete(id) ? ok(undefined) : failed({ reason: "fact_not_found" })));
  }

  /** Returns the next facts with all their versions, oldest first. @param after as in {@link exportFacts} */
  exportFacts(after: number): ExportedFact[] {
    return exportFacts(this.#store.facts, after);
  }

  /** Adds facts of an export, except those that the user has. Fails with `facts_full`. @param offset of an earlier call */
  importFacts(facts: ExportedFact[], offset?: number, encoder?: EncoderOptions): Result<ImportedFacts> {
    const { deletion, facts: known } = this.#store;
    if (deletion) return failed({ reason: "user_being_deleted" });
    return this.#change(() => importFacts(known, facts, offset), encoder);
  }

  /**
   * Moves facts to another user's object. Nothing happens here meanwhile: a session that is being deleted finds its facts
   * either here or there.
   */
  moveFacts(into: string, encoder?: EncoderOptions): Promise<Result<MovedFacts>> {
    const other = objectOf(this.env.USER_DO, into, this.env);
    return this.ctx.blockConcurrencyWhile(() => moveFacts(this.#store, other, encoder));
  }

  /** Stores parts of sessions of an export; see {@link importSessions}. */
  importSessions(sessions: SessionsImport): Promise<Result<StoredPart[]>> {
    return importSessions(this.env, sessions);
  }

  /** Deletes imports, finished ones too; see {@link cancelImports}. */
  cancelImports(prefix: string, imports: StoredPart[]): Promise<void> {
    return cancelImports(this.env, prefix, imports);
  }

  /** Returns the ids that are not sessions of the user. */
  unlisted(sessionIds: string[]): string[] {
    return sessionIds.filter((id) => !this.#store.sessions.get(id));
  }

  /** Returns the ids of the next sessions of the user, in the order of ids; without `after` in the order of deletion. */
  sessionIds(limit: number, after?: string): string[] {
    const { sessions } = this.#store;
    return after === undefined ? sessions.first(limit).map(({ id }) => id) : sessions.idsAfter(after, limit);
  }

  /**
   * Deletes the next sessions of the user, and after the last one everything else. Until then the user can neither ask
   * nor store anything. If a call fails, the next call or an alarm continues.
   * @returns the counts of all calls so far; `user_half_deleted` if a session's object does not answer
   */
  async destroy(names: ObjectNames): Promise<Result<Deleted>> {
    try {
      return await this.#deletion.run(names);
    } catch (error) {
      return failed(thrownFailure(error));
    }
  }

  /** Runs the tasks that are due. */
  override async alarm(): Promise<void> {
    await this.#store.schedule.run({
      extract: () => this.#learnFacts.run(),
      close: () => this.#deletion.resume(),
      tidy: () => this.#store.tidy((session) => this.#deletion.isWritten(this.ctx.id.name, session)),
      reindex: () => this.#store.reindex(),
      embed: () => this.#embeddings.resume(),
    });
  }

  /** Creates the missing vectors of facts in the background. */
  #embedFacts(encoder: EncoderOptions | undefined): void {
    if (encoder) this.ctx.waitUntil(this.#vectors.ofFacts(encoder));
  }

  /** Extracts facts from pending turns. The alarm continues if some are left. */
  async #extract(): Promise<void> {
    const next = await this.#learnFacts.run();
    if (next !== null) this.#store.schedule.plan("extract", next);
  }

  /** Changes facts, and creates the vectors of new texts in the background. */
  #change<T>(change: () => Result<T>, encoder: EncoderOptions | undefined): Result<T> {
    const changed = this.#write(change);
    if (changed.ok) this.#embedFacts(encoder);
    return changed;
  }

  #write<T>(write: () => Result<T>): Result<T> {
    return tryWrite(() => this.#store.transaction(write));
  }
}

/** Returns a changed fact, or the failure for the reason why it was not changed. */
const changedFact = (fact: Fact | "facts_full" | "fact_not_found"): Result<Fact> =>
  typeof fact === "string" ? failed({ reason: fact }) : ok(fact);
