/** TenantDO: the tokens that a tenant has used today, and the directory of its sessions and users. A day begins at 00:00 UTC. */
import { DurableObject } from "cloudflare:workers";
import { todayInUtc } from "../turn/dates";
import { SchemaTooNewError } from "../turn/storage-error";
import { isNewer } from "./sqlite/migrations";
import type { DirectorySession, DirectoryUpdate, DirectoryUser, PageCursor } from "./tenant/directory-entry";
import { TenantDirectory } from "./tenant/tenant-directory";

export class TenantDO extends DurableObject {
  readonly #directory = new TenantDirectory(this.ctx.storage);

  /** Adds to the tokens of today. */
  add(tokens: number): void {
    this.ctx.storage.kv.put("used", { day: todayInUtc(), tokens: this.today() + tokens });
  }

  /** Returns the tokens of today. @throws {SchemaTooNewError} if newer code created the tables */
  today(): number {
    if (isNewer(this.ctx.storage.sql, "tenant")) throw new SchemaTooNewError();
    const used = this.ctx.storage.kv.get<{ day: string; tokens: number }>("used");
    return used?.day === todayInUtc() ? used.tokens : 0;
  }

  /** Stores a session's entry. Ignores an update older than the stored one. @returns false if its start has ended */
  list(update: DirectoryUpdate): boolean {
    return this.#directory.list(update);
  }

  /** Removes a session, and refuses late updates that have this start. @returns true */
  unlist(sessionId: string, start: string): boolean {
    this.#directory.unlist(sessionId, start);
    return true;
  }

  /** Returns a page of sessions, the last used first. */
  sessions(limit: number, after: PageCursor): DirectorySession[] {
    return this.#directory.sessions(limit, after);
  }

  /** Returns a page of users, the last active first. */
  users(limit: number, after: PageCursor): DirectoryUser[] {
    return this.#directory.users(limit, after);
  }

  override async alarm(): Promise<void> {
    await this.#directory.schedule.run({ tidy: () => this.#directory.tidy() });
  }
}
