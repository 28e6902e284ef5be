/** A turn that runs or waits: what it has emitted so far, fanned out to whoever follows it. */
import { type Encoder, Encodings } from "./encodings";
import { eventsAfter, eventsOf, isLast } from "./events";
import type { AnswerPart } from "./ports";
import { type Failure, failed, ok, type Result } from "./result";
import { estimateTokens } from "./tokens";
import type { FinishedTurn, Idempotency, MemoryUsed, StoredTurn, TurnEvent, Usage } from "./types";

/** Milliseconds between two comments that keep proxies from closing a silent stream. */
const HEARTBEAT_MS = 15_000;

const HEARTBEAT = new TextEncoder().encode(": still here\n\n");

/**
 * The most followers of one turn, with the client that asked. Each event is a write for each follower: 400 of them cost
 * seconds of CPU for one answer, and a request may cost 4 s.
 */
export const MAX_FOLLOWERS = 64;

export interface TurnIdentity {
  id: string;
  question: string;
  idempotency?: Idempotency | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** What a turn has used, where the model does not say. */
export function estimatedUsage(promptTokens: number, answer: string): Usage {
  const completionTokens = estimateTokens(answer);
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}

export const NO_MEMORY: MemoryUsed = { tokens: 0, window: null, recalled: [], recall: "words", omitted: 0 };

interface Follower {
  encoder: Encoder;
  controller: ReadableStreamDefaultController<Uint8Array>;
  heartbeat: ReturnType<typeof setInterval>;
}

export class LiveTurn {
  readonly identity: TurnIdentity;
  /** Milliseconds that the model took to begin; of a JSON answer, until it was whole. */
  modelMs = 0;
  /** Estimated tokens of the prompt that the model was given last; 0 before it was asked. */
  promptTokens = 0;
  readonly #events: TurnEvent[] = [];
  readonly #encodings = new Encodings();
  readonly #followers = new Set<Follower>();
  readonly #begun = Promise.withResolvers<Result<void>>();
  readonly #ended = Promise.withResolvers<Result<FinishedTurn>>();
  readonly #abort = new AbortController();
  #over = false;
  #answer = "";
  #reasoning = "";
  #refused = false;
  /** The first half of a character. */
  #half = "";

  constructor(identity: TurnIdentity) {
    this.identity = identity;
  }

  /** Whether nothing more comes of it. */
  get over(): boolean {
    return this.#over;
  }

  /** Aborted when the turn fails: what still works for it may stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get followed(): boolean {
    return this.#followers.size > 0;
  }

  /** Resolves with the first event: whether there is something to follow, or why not. */
  get begun(): Promise<Result<void>> {
    return this.#begun.promise;
  }

  /** Resolves when the turn is over. */
  get ended(): Promise<Result<FinishedTurn>> {
    return this.#ended.promise;
  }

  get reasoning(): string {
    return this.#reasoning;
  }

  /** What has come of the turn so far, as if it ended now. */
  snapshot(status: FinishedTurn["status"]): FinishedTurn {
    const start = this.#events.find((event) => event.type === "start");
    const { model, memory } = start ?? { model: "", memory: NO_MEMORY };
    const usage = estimatedUsage(this.promptTokens, this.#reasoning + this.#answer);
    return { status, answer: this.#answer, model, finishReason: null, usage, memory };
  }

  /** The turn as it would be read now. */
  get stored(): StoredTurn {
    const { id, question, createdAt } = this.identity;
    return { ...this.snapshot("complete"), status: "running", id, question, createdAt, finishedAt: null };
  }

  /** What an operator may know of it when it is over: never what was said. */
  get summary() {
    const last = this.#events.at(-1);
    const { model, usage, finishReason } = last?.type === "done" ? last.finished : this.snapshot("interrupted");
    const code = last?.type === "failed" ? last.failure.reason : undefined;
    return { turnId: this.identity.id, code, model, finishReason, usage, modelMs: Math.round(this.modelMs) };
  }

  /** The tokens that the model has used, as it said or estimated; none where it failed before it said a word. */
  get used(): number {
    const last = this.#events.at(-1);
    if (last?.type === "done") return last.finished.usage.totalTokens;
    const failed =
      last?.type === "failed" && last.failure.reason !== "turn_cancelled" && this.#answer + this.#reasoning === "";
    return failed ? 0 : this.snapshot("interrupted").usage.totalTokens;
  }

  /** What is asked is known, where it goes on with a question before it. */
  asks(question: string): void {
    this.identity.question = question;
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

  /** Emits all that was said, to its last character. */
  flush(): void {
    this.#flush("", true);
  }

  /** The turn is answered. */
  finish(finished: FinishedTurn): void {
    if (this.#events.length === 0) for (const event of eventsOf(finished)) this.#emit(event);
    else this.#emit({ type: "done", finished });
  }

  /** Ends the turn with a failure; without effect where it is over. */
  fail(failure: Failure): void {
    this.#emit({ type: "failed", failure, at: this.#answer.length });
  }

  /**
   * Returns the turn's bytes so far, and those to come.
   * @param after how many characters of the answer the follower has; null for all events
   */
  follow(encoder: Encoder, after: number | null): Result<ReadableStream<Uint8Array>> {
    // A client that has left is noticed at the next write, and a silent model writes nothing for a long time.
    if (this.#followers.size >= MAX_FOLLOWERS / 2) {
      for (const { controller } of this.#followers) controller.enqueue(HEARTBEAT);
    }
    if (this.#followers.size >= MAX_FOLLOWERS) return failed({ reason: "turn_followers_full", limit: MAX_FOLLOWERS });
    return ok(this.stream(encoder, after));
  }

  /** As {@link follow}, for the client that asked, which is never refused. */
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

  #flush(said: string, final = false): void {
    // Half a character waits for its other half: neither can be encoded alone in UTF-8.
    const text = this.#half + said;
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

  /** Never waits for the reader: a slow one has at most one answer left to read. */
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

/** The bytes of a turn that is over. */
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
