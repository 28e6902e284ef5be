/** ChatDO: one session's memory, and the line in front of it. The RPC surface, kept thin. */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env";
import { encodeEvent, eventsAfter, eventsOf } from "../turn/events";
import type {
  Budget,
  Context,
  FinishedTurn,
  Idempotency,
  Message,
  NewMessage,
  RecalledMessage,
  Remembered,
  StoredTurn,
  TurnIdentity,
  TurnRequest,
} from "../turn/types";
import { Turn } from "./live/handle";
import { TurnQueue } from "./live/line";
import { LiveTurns } from "./live/live-turn";
import { readContext } from "./recall/context";
import { recall } from "./recall/ranking";
import type { SessionInfo } from "./storage/messages";
import { Store } from "./storage/store";

/** How many turns may wait behind the one that runs. */
const MAX_WAITING = 16;

export class ChatDO extends DurableObject<Env> {
  readonly #queue = new TurnQueue();
  readonly #live = new LiveTurns();
  /** Absent after `destroy`, until something is asked of the session again. */
  #opened: Store | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => void this.#store);
  }

  /**
   * A page of the transcript, newest first.
   * @param before only messages with a smaller `seq`
   * @returns `nextCursor`: the `before` of the next page, null at the end
   */
  getHistory({ before, limit }: { before?: number | undefined; limit: number }): {
    messages: Message[];
    nextCursor: number | null;
  } {
    const messages = this.#store.messages.page(before, limit);
    const last = messages.at(-1)?.seq ?? 1;
    return { messages, nextCursor: last > 1 ? last : null };
  }

  /** Appends messages, all or none, after the turn that is running. */
  append(messages: NewMessage[]): Promise<{ firstSeq: number; lastSeq: number }> {
    return this.#inLine(() => this.#store.append(messages));
  }

  /** Forgets all messages and turns, and ends the one that is running; the session goes on, empty. */
  reset(): { deleted: number } {
    this.#live.running()?.fail({ reason: "turn_cancelled" });
    return this.#store.clear();
  }

  /** As `reset`, and gives the storage back: nothing of the session is left. */
  async destroy(): Promise<{ deleted: number }> {
    this.#live.running()?.fail({ reason: "turn_cancelled" });
    const { last } = this.#store.messages.end();
    this.#opened = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return { deleted: last };
  }

  /** How much there is of the session. */
  info(): SessionInfo {
    return this.#store.messages.info();
  }

  /** The context that a question would be given now, without a turn. */
  context(question: string, budget: Budget): Context {
    return readContext(this.#store.messages, question, budget);
  }

  /** The messages that fit a text best, best first. */
  search(text: string, limit: number): RecalledMessage[] {
    const { messages } = this.#store;
    return recall(messages, text, { before: messages.end().last + 1, tokens: Number.POSITIVE_INFINITY, count: limit });
  }

  /** Waits for the session's turn, and reads the context of the question. Writes nothing. */
  async openTurn({
    question,
    budget,
    idempotency,
    onBusy = "queue",
  }: TurnRequest): Promise<
    | { state: "open"; turn: Turn; identity: TurnIdentity; context: Context }
    | { state: "replay"; turn: StoredTurn }
    | { state: "running"; id: string; events: ReadableStream<Uint8Array> }
    | { state: "busy" | "full" | "conflict" | "cancelled" }
  > {
    const asked = idempotency && this.#askedBefore(idempotency);
    if (asked) return asked;
    if (onBusy === "reject" && this.#queue.length > 0) return { state: "busy" };
    if (this.#queue.length > MAX_WAITING) return { state: "full" };
    const identity: TurnIdentity = {
      id: crypto.randomUUID(),
      generation: "",
      question,
      idempotency,
      createdAt: Date.now(),
    };
    const live = this.#live.add(identity);
    live.begin(await this.#queue.enter());
    if (live.over) return { state: "cancelled" };
    try {
      // The session may have been emptied while this turn waited: it belongs to the life in which it begins.
      identity.generation = this.#store.generation;
      const context = readContext(this.#store.messages, question, budget);
      return { state: "open", identity, context, turn: new Turn(live, this.#store) };
    } catch (error) {
      live.fail({ reason: "turn_interrupted" });
      throw error;
    }
  }

  /** Remembers a turn whose handle was lost; one that is remembered already is left as it is. */
  remember(identity: TurnIdentity, finished: FinishedTurn): Promise<Remembered> {
    return this.#inLine(() => this.#store.remember(identity, finished));
  }

  /** A turn: running, or as it is remembered; null where the session has no such turn. */
  getTurn(turnId: string): StoredTurn | null {
    const live = this.#live.get(turnId);
    return live ? live.stored : (this.#store.turns.get(turnId) ?? null);
  }

  /**
   * The events of a turn, one JSON text a line: those that were, and while it runs those to come.
   * @param after how many characters of the answer are known already; null for all events
   * @returns null where the session has no such turn
   */
  follow(turnId: string, after: number | null): ReadableStream<Uint8Array> | null {
    const live = this.#live.get(turnId);
    if (live) return live.follow(after);
    const stored = this.#store.turns.get(turnId);
    if (!stored) return null;
    const events = eventsAfter(eventsOf(stored), after);
    return new ReadableStream({
      start(controller) {
        for (const event of events) controller.enqueue(encodeEvent(event));
        controller.close();
      },
    });
  }

  /**
   * Ends a turn. What a running one has said so far is kept; one that waits in line leaves nothing.
   * @returns the turn, null where there is none
   */
  cancelTurn(turnId: string): StoredTurn | null {
    const live = this.#live.get(turnId);
    if (live) {
      const finished = live.soFar("cancelled");
      if (live.questionSeq !== undefined) this.#store.finish(turnId, finished);
      else if (live.running) this.#store.remember(live.identity, finished);
      live.fail({ reason: "turn_cancelled" });
      return { ...live.stored, ...finished, finishedAt: Date.now() };
    }
    return this.#store.turns.get(turnId) ?? null;
  }

  get #store(): Store {
    this.#opened ??= new Store(this.ctx.storage);
    return this.#opened;
  }

  async #inLine<T>(run: () => T): Promise<T> {
    const release = await this.#queue.enter();
    try {
      return run();
    } finally {
      release();
    }
  }

  #askedBefore({ key, fingerprint }: Idempotency) {
    const live = this.#live.byKey(key);
    if (live) {
      if (live.identity.idempotency?.fingerprint !== fingerprint) return { state: "conflict" as const };
      return { state: "running" as const, id: live.identity.id, events: live.follow(null) };
    }
    const stored = this.#store.turns.byKey(key);
    if (!stored) return undefined;
    if (stored.fingerprint !== fingerprint) return { state: "conflict" as const };
    return { state: "replay" as const, turn: stored };
  }
}
