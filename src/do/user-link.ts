/** How a session is connected with its user: who may use it, what is known of them, and what their object is told. */
import { log } from "../log";
import { type Failure, failed, ok, type Result } from "../turn/result";
import type { Ask, Message } from "../turn/types";
import { within } from "../within";
import type { AskingUser } from "./asking";
import type { Owner } from "./owner";
import type { UserMemory } from "./recall/context";
import { lastExchange } from "./recall/follow-ups";
import { storageFailed, written } from "./storage/failed";
import type { Store } from "./storage/store";
import type { UserDO } from "./user";

/** Messages, and about how many characters, that are told at once; and how often in one go. */
const BATCH = 500;
const BATCH_CHARACTERS = 2_000_000;
const BATCHES = 20;
/** Milliseconds that the user's object has to take what it is told. */
const TELL_MS = 10_000;
/** How often a session is forgotten again that began anew meanwhile. */
const TRIES = 3;

interface Deps {
  users: DurableObjectNamespace<UserDO>;
  store: Store;
  /** What is left of a session whose user was deleted, or which was itself, is to go. */
  onGone: (user: string) => void;
}

export class UserLink {
  readonly #deps: Deps;
  #telling: Promise<number | null> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Why somebody may not use the session; undefined where they may. */
  refusal(user: Pick<AskingUser, "object" | "mayAdopt"> | undefined): Failure | undefined {
    if (!user) return undefined;
    const { owner } = this.#deps.store.ownership;
    const isOpen = owner ? owner.user === user.object : user.mayAdopt || this.#deps.store.messages.end().last === 0;
    return isOpen ? undefined : { reason: "session_of_another_user" };
  }

  /** As whose session what is said next is written. */
  claim({ object, sessionId, extraction }: AskingUser): Owner {
    const life = { id: crypto.randomUUID(), since: Date.now() };
    const owner = this.#deps.store.ownership.owner ?? { user: object, sessionId, life, told: 0, failures: 0 };
    return { ...owner, extraction };
  }

  /**
   * What is known of who asks; null where that does not come in time.
   * @param claim of a turn that will be remembered; a session of a user who was deleted goes then
   */
  async memory(user: AskingUser, { question, recallTokens }: Ask, claim?: Owner): Promise<UserMemory | null> {
    const { object, sessionId, factTokens, timeoutMs } = user;
    const previous = lastExchange(this.#deps.store.messages);
    const asked = { text: question, sessionId, life: claim?.life, recallTokens, factTokens, previous };
    try {
      return await within(timeoutMs, async () => {
        const reply = await this.#stub(object).memory(asked);
        if (reply !== "gone") return reply;
        // Also where nobody waits for it any more.
        this.#deps.onGone(object);
        return null;
      });
    } catch (error) {
      log("warn", "user_unreachable", { cause: String(error) });
      return null;
    }
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
        const told = { sessionId, life: owner.life, from: owner.told + 1, to, messages, title };
        const reply = await within<number | "gone">(TELL_MS, () => this.#stub(owner.user).tell(told, extraction));
        // Of a session that was emptied meanwhile nothing is known, and nothing may be written.
        if (this.#deps.store.life !== life) return null;
        if (reply === "gone") {
          this.#deps.onGone(owner.user);
          return null;
        }
        ownership.told(owner.life.id, reply, reply === this.#deps.store.messages.end().last);
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
      if (owner) await this.#stub(owner.user).rename(owner.sessionId, owner.life, title);
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
    // What is on its way has arrived then.
    await this.#telling;
    return this.#done(async () => {
      await this.#stub(owner.user).tell({ sessionId: owner.sessionId, life: owner.life, from, to, messages: [] });
      return true;
    });
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
      const done = await this.#done(
        async () => (await this.#stub(owner.user).forget(owner.sessionId, owner.life.id)).ok,
      );
      const now = ownership.owner;
      if (now?.life.id !== owner.life.id) continue;
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
