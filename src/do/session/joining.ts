/** How a session joins a user: it gets its epoch from the user's object, and the user's memory with each ask. */
import { log } from "../../log";
import { within } from "../../timeout";
import { failed, ok, type Result } from "../../turn/result";
import type { Ask } from "../../turn/types";
import type { UserMemory } from "../memory/context";
import type { Known, Question, UserObject } from "../user/user-object";
import type { AskingUser } from "./ask-request";
import type { Owner } from "./owner";
import type { Store } from "./store";

/** Milliseconds that the user's object has to list a session, and how often it is asked to. */
const OPEN_MS = 5_000;
const OPENINGS = 2;

interface Deps {
  users: DurableObjectNamespace<UserObject>;
  store: Store;
  onGone: (user: string, epoch: string) => void;
}

/** The user's memory for an ask, null if it was late, and the epoch of the session, absent if that was late. */
interface Joined {
  memory: UserMemory | null;
  epoch?: string | undefined;
}

export class Joining {
  readonly #deps: Deps;
  /** How often a deletion of a user has reached the session. */
  #left = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Returns the owner to store with the next messages. A session without one asks the user's object for an epoch first, so
   * that a deletion of the user finds the session: nothing is stored for a user whose object does not know of it.
   * Call it with the place in line, and check afterwards whether the session was emptied meanwhile.
   * @param epoch the one that the user's object has handed out already, if it has
   * @returns `user_unreachable`, or `user_being_deleted`
   */
  async join({ object, sessionId, extraction }: AskingUser, epoch?: string): Promise<Result<Owner>> {
    const { owner } = this.#deps.store.ownership;
    if (owner) return ok({ ...owner, extraction });
    const left = this.#left;
    const opened = epoch === undefined ? await this.#open(object, sessionId) : ok(epoch);
    if (!opened.ok) return opened;
    // The deletion found the session before this did, and found nothing in it yet.
    if (this.#left !== left) return failed({ reason: "user_being_deleted" });
    return ok({ user: object, sessionId, epoch: opened.value, told: 0, failures: 0, extraction });
  }

  /** Refuses writes for a user that wait for an epoch: the deletion of the user has reached the session. */
  leave(): void {
    this.#left += 1;
  }

  /** Returns the user's memory for a preview of a prompt; null if it is late. */
  async read(user: AskingUser, ask: Ask): Promise<UserMemory | null> {
    const known = await this.#known(user, ask, { opens: false });
    return known?.state === "known" ? known.memory : null;
  }

  /**
   * Returns the user's memory for an ask. If the turn will be stored, the user's object also lists the session.
   * @returns `user_being_deleted`; `turn_cancelled` where the session was deleted, whose rest then goes
   */
  async ask(user: AskingUser, ask: Ask, stores: boolean): Promise<Result<Joined>> {
    const epoch = this.#deps.store.ownership.owner?.epoch;
    const known = await this.#known(user, ask, { epoch, opens: stores });
    if (!known) return ok({ memory: null });
    switch (known.state) {
      case "known":
        return ok({ memory: known.memory, epoch: known.epoch });
      case "gone":
        return failed({ reason: "turn_cancelled" });
      case "user_being_deleted":
        return failed({ reason: "user_being_deleted" });
    }
  }

  /** Null where the user's object does not answer in time. */
  async #known(
    { object, sessionId, factTokens, timeoutMs }: AskingUser,
    { question, recallTokens }: Ask,
    as: Pick<Question, "epoch" | "opens">,
  ): Promise<Known | null> {
    try {
      return await within(timeoutMs, async (): Promise<Known> => {
        const asked = { text: question, sessionId, recallTokens, factTokens, ...as };
        const known = await this.#stub(object).memory(asked);
        // A late reply counts too.
        if (known.state === "gone" && as.epoch !== undefined) this.#deps.onGone(object, as.epoch);
        return known;
      });
    } catch (error) {
      log("warn", "user_unreachable", { cause: String(error) });
      return null;
    }
  }

  /** Asks the user's object for an epoch, again where the call was lost. */
  async #open(object: string, sessionId: string): Promise<Result<string>> {
    for (let tries = 0; tries < OPENINGS; tries += 1) {
      try {
        return await within(OPEN_MS, async () => this.#stub(object).open(sessionId));
      } catch (error) {
        log("warn", "user_unreachable", { cause: String(error) });
      }
    }
    return failed({ reason: "user_unreachable" });
  }

  #stub(user: string) {
    return this.#deps.users.getByName(user);
  }
}
