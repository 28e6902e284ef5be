/** The turns that this page sent or follows and that are not finished. Each session sends one at a time. A reload keeps them. */
import type { AskRequest, StreamEvent } from "llamory/client";
import type { Api } from "./api";
import { failureOf, needsToken, type PageFailure, problemFailure } from "./failure-text";
import { SHOWN_AT_FIRST } from "./long-text";
import { type NewTurn, type PageTurn, storedTurns, storeTurns } from "./page-turn";
import { randomId } from "./random-id";
import type { TranscriptWindow } from "./transcript-window";

/** Characters of a long answer that are removed at once. */
const SHRINK = 8_000;

/** Turns of a temporary conversation that are sent with its next question. */
const MAX_BEFORE = 200;

/** Milliseconds between two redraws of a streamed answer: longer for long ones, whose layout takes longer. */
const redrawDelay = ({ answer }: PageTurn): number => 50 + answer.length / 500;

interface Deps {
  api: () => Api;
  userId: () => string | undefined;
  /** Called after each change. */
  onChange: () => void;
  /** Called when the server has stored the question. */
  onStarted: (turn: PageTurn) => void;
  /** Called when a turn has ended and the session stores it. */
  onFinished: (turn: PageTurn) => Promise<void>;
  /** Called when a turn is given up that the user discarded, or stopped before it began. */
  onDiscarded: (turn: PageTurn) => Promise<void>;
  onFailure: (failure: PageFailure) => void;
}

export class PageTurns {
  #list: PageTurn[] = [];
  readonly #deps: Deps;
  /** The running turn of each session. */
  readonly #running = new Map<string, { turn: PageTurn; abort: AbortController }>();
  #redraw: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    // The client's next attempt may be most of a minute away.
    addEventListener("online", () => {
      for (const { turn, abort } of this.#running.values()) if (turn.reconnecting) abort.abort();
    });
  }

  /** Returns the turns of a session, oldest first. */
  of(sessionId: string): PageTurn[] {
    return this.#list.filter((turn) => turn.sessionId === sessionId);
  }

  /** Returns the turn of a session that can be stopped. */
  running(sessionId: string): PageTurn | undefined {
    return this.of(sessionId).find(
      ({ state, stopping }) => (state === "sending" || state === "answering") && !stopping,
    );
  }

  add(turn: NewTurn): void {
    this.#add({ key: randomId(), ...turn });
  }

  /** Sends the turns again that this tab had before it was reloaded. Failed turns wait for the user. */
  restore(): void {
    for (const { failure, ...turn } of storedTurns())
      this.#add({ ...turn, failure: failure && !needsToken(failure) ? failure : undefined });
  }

  /** Follows a running turn that another page sent. */
  followRunning({ sessionId, messages }: TranscriptWindow): void {
    const running = messages.findLast(({ status, role }) => status === "running" && role === "user");
    if (running?.turnId === undefined || this.of(sessionId).length > 0) return;
    this.#add({ key: "", sessionId, question: running.content, turnId: running.turnId });
  }

  /** Stops a running turn; the session keeps the text so far. Discards a turn that was not sent. */
  async stop(turn: PageTurn): Promise<void> {
    if (turn.state === "waiting" || turn.state === "failed") return this.#discard(turn);
    this.#set(turn, { stopping: true });
    // Nothing of a temporary turn is stored, so it cannot be cancelled by its id.
    if (turn.temporary) return this.#running.get(turn.sessionId)?.abort.abort();
    if (turn.turnId !== undefined) await this.#cancel(turn, turn.turnId);
  }

  /** Sends or follows a failed turn again. The key makes it the same turn. */
  retry(turn: PageTurn): void {
    this.#set(turn, { state: "waiting", answer: "", failure: undefined, reconnecting: false });
    void this.#next(turn.sessionId);
  }

  clear(): void {
    this.#list = [];
    this.#changed();
  }

  #add(turn: Partial<PageTurn> & Pick<PageTurn, "key" | "sessionId" | "question">): void {
    const state = turn.failure === undefined ? "waiting" : "failed";
    const fresh = { answer: "", temporary: false, stopping: false, reconnecting: false };
    this.#list = [...this.#list, { ...fresh, ...turn, state }];
    this.#changed();
    void this.#next(turn.sessionId);
  }

  async #next(sessionId: string): Promise<void> {
    const turns = this.of(sessionId);
    const turn = turns.find(({ state }) => state === "waiting");
    // Later questions may depend on a failed one, so they wait until it is sent again or discarded.
    if (!turn || this.#running.has(sessionId) || turns.some(({ state }) => state === "failed")) return;
    const abort = new AbortController();
    this.#running.set(sessionId, { turn, abort });
    await this.#run(turn, abort.signal);
    this.#running.delete(sessionId);
    void this.#next(sessionId);
  }

  /** Returns the messages of a temporary conversation, which the server does not store. */
  #before(sessionId: string): AskRequest["before"] {
    return this.of(sessionId)
      .filter(({ state, answer }) => state === "done" && answer !== "")
      .slice(-MAX_BEFORE)
      .flatMap(({ question, answer }) => [
        { role: "user", content: question },
        { role: "assistant", content: answer },
      ]);
  }

  #eventsOf(turn: PageTurn, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const { key, sessionId, question, turnId, replaces } = turn;
    const { api, userId } = this.#deps;
    const watch = { signal, onRetry: () => this.#set(turn, { reconnecting: true }) };
    if (key === "" && turnId !== undefined) return api().follow(sessionId, turnId, watch);
    const request = { sessionId, question, userId: userId() };
    if (turn.temporary)
      return api().ask({ ...request, remember: false, before: this.#before(sessionId) }, undefined, watch);
    return api().ask({ ...request, replaces }, key, watch);
  }

  async #run(turn: PageTurn, signal: AbortSignal): Promise<void> {
    this.#set(turn, { state: "sending" });
    try {
      for await (const event of this.#eventsOf(turn, signal)) if (await this.#take(turn, event)) return;
    } catch (error) {
      if (!this.#list.includes(turn)) return;
      if (turn.temporary && turn.stopping) await this.#finish(turn);
      else if (signal.aborted) this.#set(turn, { state: "waiting", answer: "", reconnecting: false });
      else this.#fail(turn, failureOf(error));
    }
  }

  /** @returns whether this was the turn's last event */
  async #take(turn: PageTurn, event: StreamEvent): Promise<boolean> {
    if (!this.#list.includes(turn)) return true;
    turn.reconnecting = false;
    switch (event.event) {
      case "start": {
        const { turnId, memory } = event.data;
        this.#set(turn, { state: "answering", turnId, memory });
        this.#deps.onStarted(turn);
        if (turn.stopping) void this.#cancel(turn, turnId);
        return false;
      }
      case "delta":
        turn.answer += event.data.text;
        this.#redraw ??= setTimeout(() => {
          this.#redraw = undefined;
          this.#deps.onChange();
        }, redrawDelay(turn));
        return false;
      case "done":
        await this.#finish(turn);
        return true;
      case "error":
        // The session stores a turn that has begun, with the text so far.
        if (turn.turnId !== undefined && !turn.temporary) await this.#finish(turn);
        else this.#fail(turn, problemFailure(event.data));
        return true;
    }
  }

  async #cancel(turn: PageTurn, turnId: string): Promise<void> {
    try {
      await this.#deps.api().cancel(turn.sessionId, turnId);
    } catch (error) {
      this.#set(turn, { stopping: false });
      this.#deps.onFailure(failureOf(error));
    }
  }

  #fail(turn: PageTurn, failure: PageFailure): void {
    // A stopped question that the server did not accept leaves nothing to show but its text in the composer.
    if (turn.stopping && turn.turnId === undefined) void this.#discard(turn);
    else this.#set(turn, { state: "failed", failure, reconnecting: false });
    if (needsToken(failure)) this.#deps.onFailure(failure);
  }

  async #finish(turn: PageTurn): Promise<void> {
    if (turn.temporary) return this.#set(turn, { state: "done", stopping: false });
    await this.#deps.onFinished(turn);
    // The stored message shows the beginning. To remove all of the rest at once would block the page.
    for (let shown = turn.answer.length - SHRINK; shown >= SHOWN_AT_FIRST; shown -= SHRINK) {
      this.#set(turn, { shown });
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.#drop(turn);
  }

  async #discard(turn: PageTurn): Promise<void> {
    this.#drop(turn);
    await this.#deps.onDiscarded(turn);
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
    storeTurns(this.#list);
    this.#deps.onChange();
  }
}
