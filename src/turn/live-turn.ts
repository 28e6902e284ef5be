/** A turn that runs or waits, and the streams of its followers. */
import { type Encoder, Encodings } from "./encodings";
import { eventsAfter, eventsOf, isLast } from "./events";
import { type AnswerPart, type Journal, noJournal } from "./ports";
import { type Failure, failed, ok, type Result } from "./result";
import { estimateUsage } from "./tokens";
import type { FinishedTurn, Idempotency, MemoryUsed, StoredTurn, TurnEvent } from "./types";

/** Milliseconds between two comments. Proxies close a silent stream, often after a minute. */
const HEARTBEAT_MS = 15_000;
const HEARTBEAT = new TextEncoder().encode(": still here\n\n");

/**
 * The most followers of one turn, with the client that asked. Each event is a write for each follower: 400 of them cost
 * seconds of CPU for one answer, and a request may cost 4 s.
 */
export const MAX_FOLLOWERS = 64;

export const NO_MEMORY: MemoryUsed = { tokens: 0, window: null, recalled: [], recall: "words", omitted: 0 };

interface Follower {
  encoder: Encoder;
  controller: ReadableStreamDefaultController<Uint8Array>;
  heartbeat: ReturnType<typeof setInterval>;
}

export class LiveTurn {
  readonly id: string;
  /** Set again when tool results continue an earlier question. */
  question: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly idempotency: Idempotency | undefined;
  /** The name of the user's object; undefined without a user. */
  readonly user: string | undefined;
  /** The id of the turn that this one takes the place of. */
  readonly replaces: string | undefined;
  /** Whether the client has left when its question is durable. The turn is then kept even if the model does not begin. */
  readonly background: boolean;
  /** Set when the turn is first in the queue, unless nothing of it is stored. */
  journal: Journal = noJournal;
  /** Milliseconds until the model began to answer; for JSON, until the answer was complete. */
  modelMs = 0;
  /** Estimated tokens of the last prompt; 0 before the model is called. */
  promptTokens = 0;
  readonly #events: TurnEvent[] = [];
  readonly #encodings = new Encodings();
  readonly #followers = new Set<Follower>();
  readonly #begun = Promise.withResolvers<Result<void>>();
  readonly #ended = Promise.withResolvers<Result<FinishedTurn>>();
  readonly #abort = new AbortController();
  /** Resolves with the first event, in the background when the question is durable; with a failure that comes first. */
  readonly begun = this.#begun.promise;
  readonly ended = this.#ended.promise;
  /** Aborted when the turn fails. */
  readonly signal = this.#abort.signal;
  #over = false;
  #answer = "";
  #reasoning = "";
  #refused = false;
  /** The first half of a surrogate pair. */
  #half = "";

  constructor(
    turn: Pick<StoredTurn, "id" | "question" | "createdAt"> &
      Partial<Pick<LiveTurn, "idempotency" | "user" | "replaces">> & { background?: boolean | undefined },
  ) {
    this.id = turn.id;
    this.question = turn.question;
    this.createdAt = turn.createdAt;
    this.idempotency = turn.idempotency;
    this.user = turn.user;
    this.replaces = turn.replaces;
    this.background = turn.background ?? false;
  }

  /** Whether the turn has ended. */
  get over(): boolean {
    return this.#over;
  }

  get followed(): boolean {
    return this.#followers.size > 0;
  }

  get answer(): string {
    return this.#answer;
  }

  get reasoning(): string {
    return this.#reasoning;
  }

  /** Returns the turn as if it ended now. */
  snapshot(status: FinishedTurn["status"]): FinishedTurn {
    const start = this.#events.find((event) => event.type === "start");
    const { model, memory } = start ?? { model: "", memory: NO_MEMORY };
    const usage = estimateUsage(this.promptTokens, this.#reasoning + this.#answer);
    return { status, answer: this.#answer, model, finishReason: null, usage, memory };
  }

  /** The turn as clients read it. */
  get stored(): StoredTurn {
    const { id, question, createdAt } = this;
    return { ...this.snapshot("complete"), status: "running", id, question, createdAt, finishedAt: null };
  }

  /** The fields of the turn's line in the log. They contain no text. */
  get summary() {
    const last = this.#events.at(-1);
    const { model, usage, finishReason } = last?.type === "done" ? last.finished : this.snapshot("interrupted");
    const code = last?.type === "failed" ? last.failure.reason : undefined;
    return { turnId: this.id, code, model, finishReason, usage, modelMs: Math.round(this.modelMs) };
  }

  /** Tokens that the model used, counted or estimated; 0 if it failed before its first text. */
  get used(): number {
    const last = this.#events.at(-1);
    if (last?.type === "done") return last.finished.usage.totalTokens;
    const failed =
      last?.type === "failed" && last.failure.reason !== "turn_cancelled" && this.#answer + this.#reasoning === "";
    return failed ? 0 : this.snapshot("interrupted").usage.totalTokens;
  }

  /** Called when the question is durable. */
  accept(): void {
    if (this.background) this.#begun.resolve(ok(undefined));
  }

  start(model: string, memory: MemoryUsed): void {
    this.#emit({ type: "start", model, memory });
  }

  /** Adds to the answer, or to the reasoning before it. */
  say({ kind, text }: AnswerPart): void {
    if (kind === "reasoning") {
      this.#reasoning += text;
      this.#emit({ type: "reasoning", text: text.toWellFormed() });
      return;
    }
    this.#refused ||= kind === "refusal";
    this.#flush(text);
  }

  /** Emits the rest of the answer, even half a surrogate pair. */
  flush(): void {
    this.#flush("", true);
  }

  finish(finished: FinishedTurn): void {
    if (this.#events.length === 0) for (const event of eventsOf(finished)) this.#emit(event);
    else this.#emit({ type: "done", finished });
  }

  /** Ends the turn with a failure. Has no effect on a turn that has ended. */
  fail(failure: Failure): void {
    this.#emit({ type: "failed", failure, at: this.#answer.length });
  }

  /**
   * Returns the bytes of all events, including later ones.
   * @param after how many characters of the answer the follower has; null for all events
   */
  follow(encoder: Encoder, after: number | null): Result<ReadableStream<Uint8Array>> {
    // Only a write detects that a client has disconnected, and a slow model may write nothing for a long time.
    if (this.#followers.size >= MAX_FOLLOWERS / 2) {
      for (const { controller } of this.#followers) controller.enqueue(HEARTBEAT);
    }
    if (this.#followers.size >= MAX_FOLLOWERS) return failed({ reason: "turn_followers_full", limit: MAX_FOLLOWERS });
    return ok(this.stream(encoder, after));
  }

  /** Like {@link follow}, for the client that asked. Never fails. */
  stream(encoder: Encoder, after: number | null = null): ReadableStream<Uint8Array> {
    let self: Follower | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#send({ encoder, controller }, eventsAfter(this.#events, after));
        if (this.#over) return controller.close();
        const heartbeat = setInterval(() => controller.enqueue(HEARTBEAT), HEARTBEAT_MS);
        self = { encoder, controller, heartbeat };
        this.#followers.add(self);
      },
      cancel: () => {
        if (!self) return;
        clearInterval(self.heartbeat);
        this.#followers.delete(self);
      },
    });
  }

  #flush(added: string, final = false): void {
    // UTF-8 cannot encode half a surrogate pair.
    const text = this.#half + added;
    this.#half = final ? "" : (/[\ud800-\udbff]$/.exec(text)?.[0] ?? "");
    const whole = text.slice(0, text.length - this.#half.length).toWellFormed();
    if (whole === "" || this.#over) return;
    this.#answer += whole;
    this.#emit({ type: "delta", text: whole, at: this.#answer.length, ...(this.#refused && { refused: true }) });
  }

  #emit(event: TurnEvent): void {
    if (this.#over) return;
    this.#events.push(event);
    for (const follower of this.#followers) this.#send(follower, [event]);
    this.#begun.resolve(event.type === "failed" ? failed(event.failure) : ok(undefined));
    if (isLast(event)) this.#end(event);
  }

  /** Does not wait for slow readers: at most one answer is buffered for each. */
  #send({ encoder, controller }: Pick<Follower, "encoder" | "controller">, events: readonly TurnEvent[]): void {
    const bytes = this.#encodings.bytesOf(encoder, events, this.#events);
    if (bytes.length > 0) controller.enqueue(bytes);
  }

  #end(event: TurnEvent): void {
    this.#over = true;
    for (const { controller, heartbeat } of this.#followers) {
      clearInterval(heartbeat);
      controller.close();
    }
    this.#followers.clear();
    if (event.type === "done") this.#ended.resolve(ok(event.finished));
    if (event.type === "failed") {
      this.#ended.resolve(failed(event.failure));
      this.#abort.abort();
    }
  }
}

/** Returns the bytes of a turn that has ended. */
export function replay(turn: StoredTurn, encoder: Encoder, after: number | null): ReadableStream<Uint8Array> {
  const events = eventsAfter(eventsOf(turn), after);
  const bytes = new Encodings().bytesOf(encoder, events, events);
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}
