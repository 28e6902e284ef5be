/** How a session is connected with its user: access, and updates of the user's object. */
import { log } from "../../log";
import { within } from "../../timeout";
import { type Failure, failed, ok, type Result } from "../../turn/result";
import type { Message } from "../../turn/types";
import { storageFailed, written } from "../sqlite/try-write";
import type { UserObject } from "../user/user-object";
import type { AskingUser } from "./ask-request";
import { Joining } from "./joining";
import type { Owner } from "./owner";
import type { Store } from "./store";

/** Messages, and about how many characters, that are told at once; and how often in one go. */
const BATCH = 500;
const BATCH_CHARACTERS = 2_000_000;
const BATCHES = 20;
/** Milliseconds that the user's object has to take what it is told. */
const TELL_MS = 10_000;
/** How often a session is forgotten again that began anew meanwhile. */
const TRIES = 3;

interface Deps {
  users: DurableObjectNamespace<UserObject>;
  store: Store;
  /** Called when the user's object says that an epoch of the session is over. Deletes the rest here. */
  onGone: (user: string, epoch: string) => void;
}

export class UserLink {
  readonly #deps: Deps;
  readonly joining: Joining;
  #telling: Promise<number | null> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.joining = new Joining(deps);
  }

  /** Why somebody may not use the session; undefined where they may. */
  refusal(user: Pick<AskingUser, "object" | "mayAdopt"> | undefined): Failure | undefined {
    if (!user) return undefined;
    const { owner } = this.#deps.store.ownership;
    const isOpen = owner ? owner.user === user.object : user.mayAdopt || this.#deps.store.messages.end().last === 0;
    return isOpen ? undefined : { reason: "session_of_another_user" };
  }

  /** Tells the user's object what it does not know yet; never rejects. @returns when to go on; null where nothing is left */
  tell(): Promise<number | null> {
    this.#telling ??= this.#tell()
      .catch((error: unknown) => {
        storageFailed(error);
        return this.#deps.store.ownership.later();
      })
      .finally(() => {
        this.#telling = undefined;
      });
    return this.#telling;
  }

  async #tell(): Promise<number | null> {
    const { ownership } = this.#deps.store;
    for (let batches = 0; batches < BATCHES; batches += 1) {
      const { owner } = ownership;
      if (!owner || owner.leaving) return null;
      const { life } = this.#deps.store;
      const { to, messages } = this.#next(owner.told);
      // What a turn has said that runs is told when it is over.
      if (to === owner.told) return this.#deps.store.messages.end().last > to ? ownership.later() : null;
      try {
        const { sessionId, extraction } = owner;
        const title = owner.told === 0 ? this.#deps.store.title.given : undefined;
        const told = { sessionId, epoch: owner.epoch, from: owner.told + 1, to, messages, title };
        const reply = await within<number | "gone">(TELL_MS, () => this.#stub(owner.user).tell(told, extraction));
        // Of a session that was emptied meanwhile nothing is known, and nothing may be written.
        if (this.#deps.store.life !== life) return null;
        if (reply === "gone") {
          this.#deps.onGone(owner.user, owner.epoch);
          return null;
        }
        ownership.told(owner.epoch, reply, reply === this.#deps.store.messages.end().last);
      } catch (error) {
        log("warn", "user_not_told", { cause: String(error) });
        return this.#deps.store.life === life ? ownership.failed() : null;
      }
    }
    return Date.now();
  }

  /** Gives the session a title, which its user's object must know first. */
  async rename(title: string): Promise<Result<void>> {
    const { life, ownership } = this.#deps.store;
    const { owner } = ownership;
    const known = await this.#done(async () => {
      if (owner) await this.#stub(owner.user).rename(owner.sessionId, owner.epoch, title);
      return true;
    });
    if (!known) return failed({ reason: "user_unreachable" });
    // Of a session that was emptied meanwhile nothing is left to be called anything.
    if (this.#deps.store.life !== life) return failed({ reason: "turn_cancelled" });
    return written(() => ok(this.#deps.store.title.set(title)));
  }

  /** Takes messages back that the user's object may know, which must be known to be done. */
  async retract(from: number, to: number): Promise<boolean> {
    const { owner } = this.#deps.store.ownership;
    if (!owner) return true;
    if (!(await this.#knows(to))) return false;
    return this.#done(async () => {
      await this.#stub(owner.user).tell({ sessionId: owner.sessionId, epoch: owner.epoch, from, to, messages: [] });
      return true;
    });
  }

  /**
   * Sends the user's object all messages up to one, if it lacks any. It retracts nothing behind a gap, and a sync that
   * starts meanwhile would send it what is retracted.
   */
  async #knows(to: number): Promise<boolean> {
    const { ownership } = this.#deps.store;
    const told = () => ownership.owner?.told ?? to;
    for (let before = -1; told() < to && told() > before; ) {
      before = told();
      await this.tell();
    }
    return told() >= to;
  }

  /**
   * Has the user's object forget the session before the session does, so that what is told late is refused.
   * @returns whether it did, and the session may go
   */
  async forget(): Promise<boolean> {
    const { ownership } = this.#deps.store;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { owner } = ownership;
      if (!owner) return true;
      this.#leave(owner, true);
      const done = await this.#done(async () => (await this.#stub(owner.user).forget(owner.sessionId, owner.epoch)).ok);
      const now = ownership.owner;
      if (now?.epoch !== owner.epoch) continue;
      if (!done) this.#leave(now, false);
      return done;
    }
    return false;
  }

  /** The note is for the case that the object is lost in between: a session whose storage is full may be deleted all the same. */
  #leave(owner: Owner, leaving: boolean): void {
    try {
      this.#deps.store.ownership.leave(owner, leaving);
    } catch (error) {
      storageFailed(error);
    }
  }

  async #done(call: () => Promise<boolean>): Promise<boolean> {
    try {
      return await within(TELL_MS, call);
    } catch (error) {
      log("warn", "user_unreachable", { cause: String(error) });
      return false;
    }
  }

  /** The next messages to tell, without those of functions, and up to which `seq` that is. */
  #next(told: number): { to: number; messages: Message[] } {
    const messages: Message[] = [];
    let to = told;
    let characters = 0;
    const last = Math.min(this.#deps.store.settled(), told + BATCH);
    for (const message of this.#deps.store.messages.between(told, last, BATCH)) {
      characters += message.content.length;
      if (messages.length > 0 && characters > BATCH_CHARACTERS) return { to, messages };
      to = message.seq;
      if (message.role !== "tool" && message.content !== "") messages.push(message);
    }
    return { to: last, messages };
  }

  #stub(user: string) {
    return this.#deps.users.getByName(user);
  }
}
