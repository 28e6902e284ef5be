import { DurableObject } from "cloudflare:workers";

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** What one tenant has used of the model today, in tokens; a day begins at 00:00 UTC. One row, whatever the traffic. */
export class UsageDO extends DurableObject {
  add(tokens: number): void {
    this.ctx.storage.kv.put("used", { day: dayOf(Date.now()), tokens: this.today() + tokens });
  }

  today(): number {
    const used = this.ctx.storage.kv.get<{ day: string; tokens: number }>("used");
    return used?.day === dayOf(Date.now()) ? used.tokens : 0;
  }
}
