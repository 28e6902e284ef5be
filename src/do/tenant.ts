import { DurableObject } from "cloudflare:workers";
import { SchemaTooNewError } from "../turn/storage-error";
import { isNewer } from "./sqlite/migrations";

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** What one tenant has used of the model today, in tokens; a day begins at 00:00 UTC. One row, whatever the traffic. */
export class UsageDO extends DurableObject {
  add(tokens: number): void {
    this.ctx.storage.kv.put("used", { day: dayOf(Date.now()), tokens: this.today() + tokens });
  }

  /** @throws {SchemaTooNewError} where newer code has made tables, which say more than this one value */
  today(): number {
    if (isNewer(this.ctx.storage.sql, "tenant")) throw new SchemaTooNewError();
    const used = this.ctx.storage.kv.get<{ day: string; tokens: number }>("used");
    return used?.day === dayOf(Date.now()) ? used.tokens : 0;
  }
}
