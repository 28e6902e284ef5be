import { DurableObject } from "cloudflare:workers";
import { SchemaTooNewError } from "../turn/storage-error";
import { isNewer } from "./sqlite/migrations";

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** TenantDO: the tokens that a tenant has used today. A day begins at 00:00 UTC. Stores one value. */
export class TenantDO extends DurableObject {
  /** Adds to the tokens of today. */
  add(tokens: number): void {
    this.ctx.storage.kv.put("used", { day: dayOf(Date.now()), tokens: this.today() + tokens });
  }

  /** Returns the tokens of today. @throws {SchemaTooNewError} if newer code has made tables, which may say more */
  today(): number {
    if (isNewer(this.ctx.storage.sql, "tenant")) throw new SchemaTooNewError();
    const used = this.ctx.storage.kv.get<{ day: string; tokens: number }>("used");
    return used?.day === dayOf(Date.now()) ? used.tokens : 0;
  }
}
