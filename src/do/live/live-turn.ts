/** A turn that is running, or waits in line: what it has told so far, and who follows it. */
import { encodeEvent, eventsAfter, isLast } from "../../turn/events";
import {
  type Failure,
  type FinishedTurn,
  NOTHING_YET,
  type StoredTurn,
  type TurnEvent,
  type TurnIdentity,
} from "../../turn/types";
import type { Release } from "./line";

type Follower = ReadableStreamDefaultController<Uint8Array>;

export class LiveTurn {
  readonly identity: TurnIdentity;
  /** Where the accepted question stands in the transcript; undefined before it does. */
  questionSeq: number | undefined;
  /** Whether its events come from the Worker, and tell by themselves when it is over. */
  recording = false;
  readonly #events: TurnEvent[] = [];
  readonly #followers = new Set<Follower>();
  readonly #ended = Promise.withResolvers<void>();
  #release: Release | undefined;
  #over = false;

  constructor(identity: TurnIdentity) {
    this.identity = identity;
  }

  /** Whether nothing more will come of it. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether it has its turn: it waits in line no longer, and is not over. */
  get running(): boolean {
    return this.#release !== undefined && !this.#over;
  }

  /** Resolves when the turn is over. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** What the turn has come to, ended here. */
  soFar(status: FinishedTurn["status"]): FinishedTurn {
    const start = this.#events.find((event) => event.type === "start");
    const answer = this.#events.map((event) => (event.type === "delta" ? event.text : "")).join("");
    return { ...NOTHING_YET, status, answer, ...(start && { model: start.model, memory: start.memory }) };
  }

  /** The turn as it would be read now. */
  get stored(): StoredTurn {
    const { id, question, createdAt } = this.identity;
    return { ...this.soFar("complete"), status: "running", id, question, createdAt, finishedAt: null };
  }

  /** Ends the turn with a failure. */
  fail(failure: Failure): void {
    this.tell({ type: "failed", failure, at: this.soFar("interrupted").answer.length });
  }

  /** It is this turn's turn; `release` lets the next in line go on. */
  begin(release: Release): void {
    if (this.#over) release();
    else this.#release = release;
  }

  /** Keeps events and tells them to the followers; the last one ends the turn. */
  tell(...events: TurnEvent[]): void {
    for (const event of events) {
      if (this.#over) return;
      this.#events.push(event);
      for (const follower of this.#followers) follower.enqueue(encodeEvent(event));
      if (isLast(event)) this.#end();
    }
  }

  /** The turn's events after so many characters of its answer, or all: those that were, and those to come. */
  follow(after: number | null): ReadableStream<Uint8Array> {
    let self: Follower;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        self = controller;
        for (const event of eventsAfter(this.#events, after)) controller.enqueue(encodeEvent(event));
        if (this.#over) controller.close();
        else this.#followers.add(controller);
      },
      cancel: () => {
        this.#followers.delete(self);
      },
    });
  }

  #end(): void {
    this.#over = true;
    for (const follower of this.#followers) follower.close();
    this.#followers.clear();
    this.#release?.();
    this.#ended.resolve();
  }
}

/** The turns of a session that run or wait in line, by id. */
export class LiveTurns {
  readonly #turns = new Map<string, LiveTurn>();

  add(identity: TurnIdentity): LiveTurn {
    const live = new LiveTurn(identity);
    this.#turns.set(identity.id, live);
    live.ended.then(() => this.#turns.delete(identity.id));
    return live;
  }

  get(id: string): LiveTurn | undefined {
    return this.#turns.get(id);
  }

  byKey(key: string): LiveTurn | undefined {
    return this.#turns.values().find(({ identity }) => identity.idempotency?.key === key);
  }

  /** The one whose turn it is. */
  running(): LiveTurn | undefined {
    return this.#turns.values().find((live) => live.running);
  }
}
