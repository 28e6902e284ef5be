/** The turns that this page sent or follows and that are not finished. Each session sends one at a time. A reload keeps them. */
import type { StreamEvent } from "llamory/client";
import { type Api, failureOf, type Memory } from "./api";

/** A question whose answer is not finished. */
export interface PageTurn {
  /** The idempotency key: sending it again returns the same turn. Empty for a turn that this page only follows. */
  key: string;
  sessionId: string;
  question: string;
  state: "waiting" | "asked" | "answering" | "stopping" | "failed";
  /** The text received so far. */
  answer: string;
  turnId?: string | undefined;
  memory?: Memory | undefined;
  /** Why the turn failed. */
  failure?: { code: string; text: string } | undefined;
}

const STORAGE_KEY = "llamory:turns";

interface Deps {
  api: () => Api;
  userId: () => string | undefined;
  /** Called after each change. */
  onChange: () => void;
  /** Called when a turn has ended and the session stores it. */
  onFinished: (turn: PageTurn) => Promise<void>;
  onFailure: (failure: { code: string; text: string }) => void;
}

export class PageTurns {
  #list: PageTurn[] = [];
  readonly #deps: Deps;
  readonly #running = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Returns the turns of a session, oldest first. */
  of(sessionId: string): PageTurn[] {
    return this.#list.filter((turn) => turn.sessionId === sessionId);
  }

  add(sessionId: string, question: string): void {
    this.#list = [...this.#list, { key: crypto.randomUUID(), sessionId, question, state: "waiting", answer: "" }];
    this.#changed();
    void this.#next(sessionId);
  }

  /** Sends the turns again that this tab had before it was reloaded. */
  restore(): void {
    const stored: Pick<PageTurn, "key" | "sessionId" | "question">[] = JSON.parse(
      sessionStorage.getItem(STORAGE_KEY) ?? "[]",
    );
    this.#list = stored.map((turn) => ({ ...turn, state: "waiting", answer: "" }));
    for (const sessionId of new Set(stored.map((turn) => turn.sessionId))) void this.#next(sessionId);
  }

  /** Follows a running turn that another page sent. */
  follow(sessionId: string, turnId: string, question: string): void {
    if (this.#list.some((turn) => turn.turnId === turnId)) return;
    this.#list = [...this.#list, { key: "", sessionId, question, state: "waiting", answer: "", turnId }];
    this.#changed();
    void this.#next(sessionId);
  }

  /** Cancels a running turn; the session keeps the text so far. Discards a turn that was not sent. */
  async stop(turn: PageTurn): Promise<void> {
    if (turn.state === "waiting" || turn.state === "failed") return this.#drop(turn);
    if (turn.turnId === undefined) return;
    this.#set(turn, { state: "stopping" });
    await this.#deps
      .api()
      .cancel(turn.sessionId, turn.turnId)
      .catch((error: unknown) => this.#deps.onFailure(failureOf(error)));
  }

  /** Sends or follows a failed turn again. The key makes it the same turn. */
  retry(turn: PageTurn): void {
    this.#set(turn, { state: "waiting", answer: "", failure: undefined });
    void this.#next(turn.sessionId);
  }

  clear(): void {
    this.#list = [];
    this.#changed();
  }

  async #next(sessionId: string): Promise<void> {
    const turn = this.of(sessionId).find(({ state }) => state === "waiting");
    if (!turn || this.#running.has(sessionId)) return;
    this.#running.add(sessionId);
    await this.#run(turn, this.#eventsOf(turn));
    this.#running.delete(sessionId);
    // Later questions may depend on a failed one, so they wait until it is sent again or discarded.
    if (!this.of(sessionId).some(({ state }) => state === "failed")) void this.#next(sessionId);
  }

  #eventsOf({ key, sessionId, question, turnId }: PageTurn): AsyncGenerator<StreamEvent> {
    const { api, userId } = this.#deps;
    const isOwn = key !== "" || turnId === undefined;
    return isOwn ? api().ask({ sessionId, question, userId: userId() }, key) : api().follow(sessionId, turnId);
  }

  async #run(turn: PageTurn, events: AsyncGenerator<StreamEvent>): Promise<void> {
    this.#set(turn, { state: "asked" });
    try {
      for await (const event of events) if (await this.#take(turn, event)) return;
    } catch (error) {
      if (this.#list.includes(turn)) this.#set(turn, { state: "failed", failure: failureOf(error) });
      this.#deps.onFailure(failureOf(error));
    }
  }

  /** @returns whether this was the turn's last event */
  async #take(turn: PageTurn, event: StreamEvent): Promise<boolean> {
    if (!this.#list.includes(turn)) return true;
    switch (event.event) {
      case "start":
        this.#set(turn, { state: "answering", turnId: event.data.turnId, memory: event.data.memory });
        return false;
      case "delta":
        this.#set(turn, { answer: turn.answer + event.data.text });
        return false;
      case "done":
        await this.#finish(turn);
        return true;
      case "error":
        // The session stores a turn that has begun, with the text so far.
        if (turn.turnId !== undefined) await this.#finish(turn);
        else this.#set(turn, { state: "failed", failure: { code: event.data.code, text: event.data.detail } });
        return true;
    }
  }

  async #finish(turn: PageTurn): Promise<void> {
    await this.#deps.onFinished(turn);
    this.#drop(turn);
  }

  #drop(turn: PageTurn): void {
    this.#list = this.#list.filter((other) => other !== turn);
    this.#changed();
    void this.#next(turn.sessionId);
  }

  #set(turn: PageTurn, change: Partial<PageTurn>): void {
    Object.assign(turn, change);
    this.#changed();
  }

  #changed(): void {
    const kept = this.#list
      .filter(({ key }) => key !== "")
      .map(({ key, sessionId, question }) => ({ key, sessionId, question }));
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(kept));
    this.#deps.onChange();
  }
}
