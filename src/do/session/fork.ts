/** Fills a new session with an export or a copy of another one, which the Worker adds as an import. */
import { type Failed, failed, ok, type Result } from "../../turn/result";
import type { Entry } from "../../turn/types";
import { tryWrite } from "../sqlite/try-write";
import type { NewOwner, SessionPart } from "../user/session-object";
import type { Owner } from "./owner";
import type { Session } from "./session";
import { sessionLines } from "./session-export";
import type { SessionLimits } from "./session-limits";
import type { SettingsChange } from "./session-settings";
import type { UserSync } from "./user-sync";

/** The session that is copied, with the lines of its export. Its settings replace those of the copy. */
export interface ForkSource extends Required<Omit<SettingsChange, "conversation">> {
  lines: ReadableStream<Uint8Array>;
  /** The name of its user's object; absent without a user. */
  user?: string | undefined;
  messages: number;
}

/** The title and settings of an imported session. */
export interface ImportedSession extends SettingsChange {
  title?: string | undefined;
  isCopy?: boolean;
  /** Absent if no facts are learned. */
  learn?: true | undefined;
}

export class Fork {
  readonly #session: Session;
  readonly #user: UserSync;
  /** The fork that runs: its import, its owner, and the number of refusals when it began. */
  #running: { id: string; owner: Owner | undefined; refusals: number } | undefined;

  constructor(session: Session, user: UserSync) {
    this.#session = session;
    this.#user = user;
  }

  /** Returns the parts of this session that a fork needs. @param before only messages before this `seq` */
  source(before: number | undefined): ForkSource {
    const { store } = this.#session;
    const { instructions = null, timeZone = null } = store.settings.get();
    const lines = sessionLines(store, before);
    return { instructions, timeZone, user: store.ownership.owner?.user, messages: store.messages.count(), lines };
  }

  /**
   * Begins an import. Requests an epoch before anything is read, so that a deletion of the user finds this session.
   * @param isFree whether the session may be filled; checked again after the user's object has answered
   * @returns the id of the import; `session_not_empty`
   */
  async begin(
    { user }: { user?: NewOwner | undefined } = {},
    isFree = () => this.#session.store.messages.end().last === 0,
    id: string = crypto.randomUUID(),
  ): Promise<Result<string>> {
    const { joining } = this.#user;
    if (!isFree()) return failed({ reason: "session_not_empty" });
    const { refusals } = joining;
    const owner = user && (await joining.join(user));
    if (owner && !owner.ok) return owner;
    if (!isFree()) return failed({ reason: "session_not_empty" });
    const begun = tryWrite(() => ok(this.#session.store.import.begin(id)));
    if (begun.ok) this.#running = { id, owner: owner?.value, refusals };
    return begun;
  }

  /**
   * Stores a part of a session: its first part begins the import, its last part finishes it. The session must store nothing
   * before, also no title and no other import. @returns the index of the first entry that cannot be added, or null
   */
  async part(
    { id, isFirst, entries, end }: SessionPart,
    user: NewOwner,
    limits: SessionLimits,
  ): Promise<Result<number | null>> {
    const { store, queue } = this.#session;
    const begun = isFirst ? await this.begin({ user }, () => store.empty && !queue.busy, id) : ok(id);
    if (!begun.ok) return begun;
    const added = this.add(id, entries, limits);
    if (!added.ok || added.value !== null || !end) return added;
    const finished = await this.finish(id, end);
    return finished.ok ? added : finished;
  }

  /** Adds to an import. @returns the index of the first entry that cannot be added, or null; `session_full` */
  add(id: string, entries: Entry[], limits: SessionLimits): Result<number | null> {
    const { store } = this.#session;
    return (
      this.#refusal(id) ??
      tryWrite(() => {
        const repeated = store.import.add(entries);
        const isFull = !store.hasRoom(0, limits, store.import.count);
        return isFull ? failed({ reason: "session_full" }) : ok(repeated);
      })
    );
  }

  /**
   * Makes an import the content of the session when the call is first in the queue. Fails if the user was deleted since
   * {@link begin}.
   * @param isCopy whether the user's memory has these messages already, as those of the source
   * @param learn whether facts are learned from the messages
   */
  async finish(
    id: string,
    { title, isCopy, learn, ...settings }: ImportedSession = {},
  ): Promise<Result<{ messages: number }>> {
    const { store } = this.#session;
    const fork = this.#running;
    if (fork?.id !== id) return failed({ reason: "import_interrupted" });
    const also = () => {
      store.title.set(title);
      store.settings.change(settings);
      const { owner } = fork;
      const { count } = store.import;
      // From a copy nothing is learned: facts were learned from the original.
      const more = isCopy ? { copied: count } : { imported: count, learn: learn && [{ from: 1, to: count }] };
      if (owner) store.ownership.markPending({ ...owner, ...more, importId: id });
      store.listing.mark();
    };
    const finish = () => {
      const refused = this.#refusal(id);
      if (refused) return refused;
      if (this.#user.joining.refusals !== fork.refusals) return failed({ reason: "user_being_deleted" });
      return ok({ messages: store.import.finish(also) });
    };
    const finished = await this.#session.whenFirst(finish, { reason: "import_interrupted" });
    // Another import may have begun while this one waited in the queue.
    if (this.#running?.id === id) this.#running = undefined;
    return finished;
  }

  /** Deletes an import. Does nothing for another id. */
  cancel(id: string): void {
    const { import: begun } = this.#session.store;
    if (begun.id === id) begun.drop();
  }

  /** Returns why an import cannot continue: the session was used or emptied meanwhile. */
  #refusal(id: string): Failed | undefined {
    const { store } = this.#session;
    if (store.import.id === id) return undefined;
    return failed({ reason: store.messages.end().last > 0 ? "session_not_empty" : "import_interrupted" });
  }
}
