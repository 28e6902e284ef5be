/** The session's user: access checks, and updates of the user's object. */
import { type Failure, failed, ok, type Result } from "../../turn/result";
import { titleOf } from "../../turn/title-of";
import type { Message } from "../../turn/types";
import { retryAt } from "../sqlite/schedule";
import { thrownFailure, tryWrite } from "../sqlite/try-write";
import type { SessionUpdate, UserObject } from "../user/user-object";
import type { SessionUser } from "./ask-request";
import { Joining } from "./joining";
import type { Owner } from "./owner";
import { type Session, UPDATE_MS } from "./session";
import type { SettingsChange } from "./session-settings";

/** The most messages, and about the most characters, of one update; and the most updates of one sync. */
const BATCH = 500;
const BATCH_CHARACTERS = 2_000_000;
const BATCHES = 20;
/** How often a deletion is repeated for a session that got a new epoch meanwhile. */
const FORGET_TRIES = 3;

/** A change of a session; absent fields stay. */
export interface SessionChange extends SettingsChange {
  title?: string | undefined;
}

export class UserSync {
  readonly #session: Session;
  readonly joining: Joining;
  #running: Promise<number | null> | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.joining = new Joining(session);
  }

  /** Returns why a user may not use the session; undefined if the user may. */
  refusal(user: Pick<SessionUser, "object" | "canClaim"> | undefined): Failure | undefined {
    if (!user) return undefined;
    const { ownership, messages } = this.#session.store;
    const isOpen = ownership.owner ? ownership.owner.user === user.object : user.canClaim || messages.end().last === 0;
    return isOpen ? undefined : { reason: "session_of_another_user" };
  }

  /** Sends pending messages to the user's object. Never rejects. @returns when to continue; null if nothing is pending */
  sync(): Promise<number | null> {
    this.#running ??= this.#sync()
      .catch((error: unknown) => {
        thrownFailure(error);
        return retryAt(1);
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #sync(): Promise<number | null> {
    const { store } = this.#session;
    this.#session.endLostTurn();
    const { ownership, messages } = store;
    for (let batches = 0; batches < BATCHES; batches += 1) {
      if (!(await this.#session.leaveFormer())) return ownership.markFailed();
      const again = ownership.owner?.resend === undefined ? [] : await this.#session.forgetFormer();
      if (!again) return ownership.markFailed();
      const { owner } = ownership;
      if (!owner || owner.leaving) return null;
      const { generation } = store;
      const { removals } = ownership;
      const synced = Math.min(owner.told, (owner.resend ?? Number.POSITIVE_INFINITY) - 1);
      const { copied = 0 } = owner;
      const batch = synced < copied ? { to: copied, messages: [] } : this.#next(synced);
      // The messages of a running turn, and of the turn that it replaces, are sent when it ends.
      if (batch.to === synced) return messages.end().last > batch.to ? retryAt(1) : null;
      const isListed = copied > 0 && (synced < copied || owner.resend !== undefined);
      const listed = isListed ? this.#listed(Math.max(owner.told, batch.to)) : undefined;
      const title = owner.told === 0 ? store.title.given : undefined;
      const { sessionId, epoch, learn, imported, user } = owner;
      const update = { sessionId, epoch, from: synced + 1, ...batch, listed, title, learn, imported, again };
      const stored = await this.#session.callUser<number | "gone">(user, UPDATE_MS, (stub) =>
        stub.tell(update, owner.extraction, owner.encoder),
      );
      // The session was emptied meanwhile: nothing may be written.
      if (store.generation !== generation) return null;
      if (stored === null) return ownership.markFailed();
      if (stored === "gone") {
        this.#session.ctx.waitUntil(this.#session.destroyOf(owner.user, owner.epoch));
        return null;
      }
      const isAll = stored === messages.end().last;
      ownership.markSynced(owner.epoch, stored, isAll, { to: batch.to, removals });
    }
    return Date.now();
  }

  /** Sets the title, in the user's object first, and other settings. */
  async change({ title, ...settings }: SessionChange): Promise<Result<void>> {
    const { store } = this.#session;
    const { generation } = store;
    const owner = title === undefined ? undefined : store.ownership.owner;
    const isKnown = await this.#update(owner, (stub, { sessionId, epoch }) =>
      stub.rename(sessionId, epoch, title ?? ""),
    );
    if (!isKnown) return failed({ reason: "user_unreachable" });
    if (store.generation !== generation) return failed({ reason: "turn_cancelled" });
    return tryWrite(() => {
      if (title !== undefined) store.title.set(title);
      // Without an await in between, both are written together.
      if (title !== undefined && store.messages.count() > 0) store.listing.mark(true);
      return ok(store.settings.change(settings));
    });
  }

  /** Deletes messages in the user's object. @returns whether they are deleted there */
  async retract(from: number, to: number): Promise<boolean> {
    const { ownership } = this.#session.store;
    const { owner } = ownership;
    if (owner && !(await this.#syncTo(to))) return false;
    const again = await this.#session.forgetFormer();
    if (!again) return false;
    // The counts of a fork are sent as a whole, and `told` lacks the messages that a running sync has sent.
    if (owner?.copied !== undefined) await this.#running;
    const told = ownership.owner?.told ?? 0;
    const listed = owner?.copied === undefined ? undefined : this.#listed(Math.max(told, to), [from, to]);
    return this.#update(owner, (stub, { sessionId, epoch }) =>
      stub.tell({ sessionId, epoch, from, to, messages: [], listed, again }, undefined, owner?.encoder),
    );
  }

  /**
   * Sends the user's object all messages up to one, if it lacks any. It rejects updates behind a gap, and a sync that
   * starts meanwhile would send it the retracted messages.
   */
  async #syncTo(to: number): Promise<boolean> {
    const { ownership } = this.#session.store;
    const synced = () => ownership.owner?.told ?? to;
    for (let before = -1; synced() < to && synced() > before; ) {
      before = synced();
      await this.sync();
    }
    return synced() >= to;
  }

  /**
   * Deletes the session in the user's object before it is deleted here, so that late updates are refused.
   * @returns whether it is deleted there
   */
  async forget(): Promise<boolean> {
    const { ownership } = this.#session.store;
    for (let tries = 0; tries < FORGET_TRIES; tries += 1) {
      const again = await this.#session.forgetFormer();
      if (!again) return false;
      const { owner } = ownership;
      if (!owner) return true;
      ownership.markLeaving(owner, true);
      const forgotten = await this.#session.forgetAt(owner, owner.sessionId, false, again);
      const now = ownership.owner;
      if (now?.epoch !== owner.epoch) continue;
      if (!forgotten) ownership.markLeaving(now, false);
      return forgotten !== undefined;
    }
    return false;
  }

  /** Calls the user's object, if there is a user. @returns false if the call fails */
  async #update(
    owner: Owner | undefined,
    call: (stub: DurableObjectStub<UserObject>, owner: Owner) => Promise<unknown>,
  ): Promise<boolean> {
    if (!owner) return true;
    return (await this.#session.callUser(owner.user, UPDATE_MS, (stub) => call(stub, owner))) !== null;
  }

  /**
   * Returns how the user's object lists a session with copies, which it does not have itself.
   * @param last the last `seq` that counts
   * @param except the first and the last `seq` of messages that are being deleted
   */
  #listed(last: number, except?: [from: number, to: number]): SessionUpdate["listed"] {
    const { messages } = this.#session.store;
    const { firstAt, lastAt } = messages.info();
    const question = messages.firstQuestion(except);
    const title = question ? titleOf(question.content) : null;
    return { messages: messages.spoken(last, except), title, firstAt, lastAt };
  }

  /** Returns the next messages to send, without tool results, and the last `seq` that they cover. */
  #next(synced: number): { to: number; messages: Message[] } {
    const { store } = this.#session;
    const last = Math.max(synced, Math.min(store.stableSeq(), synced + BATCH));
    const messages: Message[] = [];
    let to = synced;
    let characters = 0;
    for (const message of store.messages.between(synced, last, BATCH)) {
      characters += message.content.length;
      if (messages.length > 0 && characters > BATCH_CHARACTERS) return { to, messages };
      to = message.seq;
      if (message.role !== "tool" && message.content !== "") messages.push(message);
    }
    return { to: last, messages };
  }
}
