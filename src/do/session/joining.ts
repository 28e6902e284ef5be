/** The link from a session to a user: the session's epoch, and the user's memory for each ask. */
import { failed, ok, type Result } from "../../turn/result";
import type { PromptInput } from "../../turn/types";
import type { UserMemory } from "../memory/context";
import type { PendingVector } from "../memory/embeddings";
import { lastExchange } from "../memory/follow-ups";
import { searchedText } from "../memory/searched-text";
import type { NewOwner } from "../user/session-object";
import type { Known, Question } from "../user/user-object";
import type { AskRequest, SessionUser } from "./ask-request";
import type { Owner } from "./owner";
import type { Session } from "./session";

/** Milliseconds that the user's object has to list a session, and how often it is called. */
const OPEN_MS = 5_000;
const OPEN_TRIES = 2;

/** The user's memory for an ask, null if it was late, and the epoch of the session, absent if that was late. */
export interface Joined {
  memory: UserMemory | null;
  epoch?: string | undefined;
}

export class Joining {
  readonly #session: Session;
  /** Counts the deletions of users that have reached the session. */
  refusals = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Returns the owner record to store with the next messages. A session without one requests an epoch from the user's
   * object first, so that a deletion of the user finds the session.
   * Call it when first in the queue, and check afterwards whether the session was emptied meanwhile.
   * @param epoch the one that the user's object has handed out already, if it has
   * @returns `user_unreachable`, or `user_being_deleted`
   */
  async join(user: NewOwner, epoch?: string): Promise<Result<Owner>> {
    const { owner } = this.#session.store.ownership;
    const { extraction, encoder } = user;
    return owner ? ok({ ...owner, extraction, encoder }) : this.claim(user, epoch);
  }

  /** As {@link join}, also for a session of another user. */
  async claim({ object, sessionId, extraction, encoder }: NewOwner, epoch?: string): Promise<Result<Owner>> {
    const refusals = this.refusals;
    const opened = epoch === undefined ? await this.#open(object, sessionId) : ok(epoch);
    if (!opened.ok) return opened;
    // The deletion reached the session before this write, and deleted nothing.
    if (this.refusals !== refusals) return failed({ reason: "user_being_deleted" });
    return ok({ user: object, sessionId, epoch: opened.value, told: 0, failures: 0, extraction, encoder });
  }

  /** Refuses writes for a user that wait for an epoch: the deletion of the user has reached the session. */
  refuse(): void {
    this.refusals += 1;
  }

  /** Returns the user's memory for a preview of a prompt; null if it is late. */
  async read(user: SessionUser, input: PromptInput, pending: PendingVector | undefined): Promise<UserMemory | null> {
    const known = await this.#memory(user, input, pending, { opens: false });
    return known?.state === "known" ? known.memory : null;
  }

  /**
   * Returns the user's memory for an ask. If the turn will be stored, the user's object also lists the session.
   * @returns `user_being_deleted`; `turn_cancelled` if the session was deleted, and then deletes the rest of it
   */
  async ask(
    user: SessionUser,
    { input, replaces, store = true }: AskRequest,
    pending: PendingVector | undefined,
  ): Promise<Result<Joined>> {
    const epoch = this.#session.store.ownership.owner?.epoch;
    const known = await this.#memory(user, input, pending, { epoch, opens: store }, replaces);
    if (!known || known.state === "known") return ok(known ?? { memory: null });
    return failed({ reason: known.state === "gone" ? "turn_cancelled" : known.state });
  }

  /**
   * Returns null if the user's object does not answer in time. The object waits for the vector only if it has some to
   * compare with it, and may take that much longer.
   * @param replaces the id of the turn whose messages are not part of the last exchange
   */
  async #memory(
    { object, sessionId, factTokens, timeoutMs }: SessionUser,
    { question, recallTokens, timeZone }: PromptInput,
    pending: PendingVector | undefined,
    { epoch, opens }: Pick<Question, "epoch" | "opens">,
    replaces?: string,
  ): Promise<Known | null> {
    const ms = timeoutMs + (pending?.options.timeoutMs ?? 0);
    return this.#session.callUser<Known>(object, ms, async (stub) => {
      const { messages, removals } = this.#session.store;
      const previous = lastExchange(messages, removals.startOf(replaces));
      const known = await stub.memory({
        text: searchedText(question),
        sessionId,
        epoch,
        opens,
        previous,
        timeZone,
        encoder: pending && { model: pending.options.model, vectorOf: () => pending.vector },
        recallTokens,
        factTokens,
      });
      // Also for a reply that comes too late.
      if (known.state === "gone" && epoch !== undefined)
        this.#session.ctx.waitUntil(this.#session.destroyOf(object, epoch));
      return known;
    });
  }

  async #open(object: string, sessionId: string): Promise<Result<string>> {
    for (let tries = 0; tries < OPEN_TRIES; tries += 1) {
      const opened = await this.#session.callUser<Result<string>>(object, OPEN_MS, (stub) => stub.open(sessionId));
      if (opened) return opened;
    }
    return failed({ reason: "user_unreachable" });
  }
}
