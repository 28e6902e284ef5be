/** Updates the session's entry in the directory of its tenant. */
import { log } from "../../log";
import { type Namespace, objectOf, type Placement } from "../../object-of";
import { withTimeout } from "../../timeout";
import { retryAt } from "../sqlite/schedule";
import type { TenantObject } from "../tenant/directory-entry";
import type { Listed } from "./listing";
import type { Store } from "./store";

/** Milliseconds that the tenant's object has for a call. */
const CALL_MS = 5_000;
/** How often a removal is repeated for a session that started again meanwhile. */
const LEAVE_TRIES = 3;
/** Matches the ids of sessions that the Worker creates for a response of the OpenAI surface. */
const RESPONSE = /^resp-[\da-f-]{36}$/;

export interface DirectoryBindings extends Placement {
  TENANT_DO: Namespace<TenantObject>;
  /** Read from the bindings and not from requests, because the alarm has no request. */
  DIRECTORY?: string;
}

/** Returns the last part of an object's name, `tenant/id` or `id`. */
const idIn = (name: string) => name.slice(name.lastIndexOf("/") + 1);

/** Returns whether the directory lists a session. @param name of its object */
export const isListed = ({ DIRECTORY }: DirectoryBindings, name: string | undefined) =>
  DIRECTORY !== "off" && name !== undefined && !RESPONSE.test(idIn(name));

export class DirectorySync {
  readonly #store: Store;
  readonly #env: DirectoryBindings;
  /** The name of the session's object; undefined if the platform does not know it. */
  readonly #name: string | undefined;
  #failures = 0;

  constructor(store: Store, env: DirectoryBindings, name: string | undefined) {
    this.#store = store;
    this.#env = env;
    this.#name = name;
  }

  /** Sends the entry, or removes it if the session has no messages. @returns when to continue; null without changes */
  async sync(): Promise<number | null> {
    const { listing, messages, title, ownership } = this.#store;
    const { listed } = listing;
    if (!listed) return null;
    const { messages: count, firstAt, lastAt } = messages.info();
    if (!listing.enabled || firstAt === null || lastAt === null) return this.#remove(listed);
    const { start, version } = listing.markSent(listed);
    const user = ownership.owner?.user;
    const entry = { start, version, userId: user === undefined ? null : idIn(user), title: title.text };
    const times = { messages: count, firstAt, lastAt };
    const stored = await this.#call((tenant, sessionId) => tenant.list({ sessionId, ...entry, ...times }));
    // The session was emptied meanwhile.
    if (listing.listed?.start !== start) return null;
    if (stored === null) return this.#retryAt();
    this.#failures = 0;
    if (!stored) return listing.restart();
    return listing.nextAt === Number.POSITIVE_INFINITY ? null : listing.nextAt;
  }

  /**
   * Removes the entry before the session is emptied.
   * @returns whether it is removed. Otherwise the alarm removes it later: {@link Listing.end} schedules that. Call
   *   {@link Listing.stay} if the session is not emptied
   */
  async leave(): Promise<boolean> {
    const { listing } = this.#store;
    for (let tries = 0; tries < LEAVE_TRIES; tries += 1) {
      const { listed } = listing;
      if (!listed?.sentAt) return true;
      listing.markLeaving(listed);
      const removed = await this.#unlist(listed.start);
      if (listing.listed?.start === listed.start) return removed;
    }
    return false;
  }

  /** Removes the entry of a session without messages. @returns when to try again; null at its end */
  async #remove({ start, sentAt }: Listed): Promise<number | null> {
    const { listing, messages } = this.#store;
    if (sentAt && !(await this.#unlist(start))) return this.#retryAt();
    if (listing.listed?.start !== start) return null;
    // The session was used again meanwhile.
    if (listing.enabled && messages.count() > 0) return listing.restart();
    listing.end(true);
    if (this.#store.empty) await this.#store.destroy();
    return null;
  }

  async #unlist(start: string): Promise<boolean> {
    return (await this.#call((tenant, sessionId) => tenant.unlist(sessionId, start))) !== null;
  }

  #retryAt(): number {
    this.#failures += 1;
    return retryAt(this.#failures);
  }

  /** Calls the tenant's object. Returns null, and logs the cause, if the call fails. */
  async #call<R>(call: (tenant: TenantObject, sessionId: string) => PromiseLike<R>): Promise<R | null> {
    const name = this.#name ?? "";
    const tenant = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    try {
      if (name === "") throw new Error("The session's object has no name.");
      const stub = objectOf(this.#env.TENANT_DO, `tenant/${tenant}`, this.#env);
      return await withTimeout(CALL_MS, async () => call(stub, idIn(name)));
    } catch (error) {
      log("warn", "directory_unreachable", { cause: String(error) });
      return null;
    }
  }
}
