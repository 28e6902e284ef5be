/** Questions of this page that have no answer yet: one is asked at a time, the others wait, and a reload loses none. */
import type { StreamEvent } from "llamory/client";
import { type Api, type Memory, toldOf } from "./api";

/** A question on its way to its answer. */
export interface Ask {
  /** Asked again under it, it is the same turn; empty for a turn that this page follows and has not asked. */
  key: string;
  sessionId: string;
  question: string;
  state: "waiting" | "asked" | "answering" | "stopping" | "failed";
  /** What was said so far. */
  answer: string;
  turnId?: string | undefined;
  memory?: Memory | undefined;
  /** What went wrong, in the server's own words. */
  failure?: { code: string; text: string } | undefined;
}

const STORED = "llamory:asks";

interface Deps {
  api: () => Api;
  userId: () => string | undefined;
  /** Something changed. */
  onChange: () => void;
  /** A turn is over, and the session has it. */
  onOver: (ask: Ask) => Promise<void>;
  onFailure: (failure: { code: string; text: string }) => void;
}

export class Asks {
  #list: Ask[] = [];
  readonly #deps: Deps;
  readonly #running = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Those of a session, in their order. */
  of(sessionId: string): Ask[] {
    return this.#list.filter((ask) => ask.sessionId === sessionId);
  }

  add(sessionId: string, question: string): void {
    this.#list = [...this.#list, { key: crypto.randomUUID(), sessionId, question, state: "waiting", answer: "" }];
    this.#changed();
    void this.#next(sessionId);
  }

  /** Takes up what this tab had asked before it was loaded again. */
  restore(): void {
    const stored: Pick<Ask, "key" | "sessionId" | "question">[] = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    this.#list = stored.map((ask) => ({ ...ask, state: "waiting", answer: "" }));
    for (const sessionId of new Set(stored.map((ask) => ask.sessionId))) void this.#next(sessionId);
  }

  /** Follows a turn that runs, asked by another page or before this one was loaded. */
  follow(sessionId: string, turnId: string, question: string): void {
    if (this.#list.some((ask) => ask.turnId === turnId)) return;
    this.#list = [...this.#list, { key: "", sessionId, question, state: "waiting", answer: "", turnId }];
    this.#changed();
    void this.#next(sessionId);
  }

  /** Ends an answer; what was said so far stays. A question that waits is taken back. */
  async stop(ask: Ask): Promise<void> {
    if (ask.state === "waiting" || ask.state === "failed") return this.#drop(ask);
    if (ask.turnId === undefined) return;
    this.#set(ask, { state: "stopping" });
    await this.#deps
      .api()
      .cancel(ask.sessionId, ask.turnId)
      .catch((error: unknown) => this.#deps.onFailure(toldOf(error)));
  }

  /** Asks again what failed, or follows it again: the same turn. */
  again(ask: Ask): void {
    this.#set(ask, { state: "waiting", answer: "", failure: undefined });
    void this.#next(ask.sessionId);
  }

  clear(): void {
    this.#list = [];
    this.#changed();
  }

  async #next(sessionId: string): Promise<void> {
    const ask = this.of(sessionId).find(({ state }) => state === "waiting");
    if (!ask || this.#running.has(sessionId)) return;
    this.#running.add(sessionId);
    await this.#run(ask, this.#eventsOf(ask));
    this.#running.delete(sessionId);
    // What failed is first asked again, or taken back: what comes behind it may depend on it.
    if (!this.of(sessionId).some(({ state }) => state === "failed")) void this.#next(sessionId);
  }

  #eventsOf({ key, sessionId, question, turnId }: Ask): AsyncGenerator<StreamEvent> {
    const { api, userId } = this.#deps;
    const isOwn = key !== "" || turnId === undefined;
    return isOwn ? api().ask({ sessionId, question, userId: userId() }, key) : api().follow(sessionId, turnId);
  }

  async #run(ask: Ask, events: AsyncGenerator<StreamEvent>): Promise<void> {
    this.#set(ask, { state: "asked" });
    try {
      for await (const event of events) if (await this.#take(ask, event)) return;
    } catch (error) {
      if (this.#list.includes(ask)) this.#set(ask, { state: "failed", failure: toldOf(error) });
      this.#deps.onFailure(toldOf(error));
    }
  }

  /** @returns whether it was the last one */
  async #take(ask: Ask, event: StreamEvent): Promise<boolean> {
    if (!this.#list.includes(ask)) return true;
    switch (event.event) {
      case "start":
        this.#set(ask, { state: "answering", turnId: event.data.turnId, memory: event.data.memory });
        return false;
      case "delta":
        this.#set(ask, { answer: ask.answer + event.data.text });
        return false;
      case "done":
        await this.#over(ask);
        return true;
      case "error":
        // A turn that has begun is remembered as far as it came.
        if (ask.turnId !== undefined) await this.#over(ask);
        else this.#set(ask, { state: "failed", failure: { code: event.data.code, text: event.data.detail } });
        return true;
    }
  }

  async #over(ask: Ask): Promise<void> {
    await this.#deps.onOver(ask);
    this.#drop(ask);
  }

  #drop(ask: Ask): void {
    this.#list = this.#list.filter((other) => other !== ask);
    this.#changed();
    void this.#next(ask.sessionId);
  }

  #set(ask: Ask, change: Partial<Ask>): void {
    Object.assign(ask, change);
    this.#changed();
  }

  #changed(): void {
    const kept = this.#list
      .filter(({ key }) => key !== "")
      .map(({ key, sessionId, question }) => ({ key, sessionId, question }));
    sessionStorage.setItem(STORED, JSON.stringify(kept));
    this.#deps.onChange();
  }
}
