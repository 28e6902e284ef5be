/** Extracts facts about a user from their turns with a model, in the background, one turn at a time. */
import { FACTS_IMPORT_CALLS } from "../../limits";
import type { AiBinding } from "../../llm/binding";
import { Llama } from "../../llm/llama";
import { log } from "../../log";
import { countTokens, type QuotaBindings } from "../../quota";
import { changesIn, extractionCall } from "../../turn/extraction-prompt";
import type { Failure } from "../../turn/result";
import type { Message } from "../../turn/types";
import { thrownFailure } from "../sqlite/try-write";
import type { Extraction } from "./extraction";
import type { Learned } from "./fact-columns";
import { factsToShow } from "./fact-ranking";
import { type Learning, withoutRange } from "./learning";
import type { SessionUpdate } from "./user-object";
import { epochIn, type NotedEpoch } from "./user-sessions";
import type { UserStore } from "./user-store";

export interface LearningBindings extends QuotaBindings {
  AI: AiBinding;
  /** Read here and not passed with each update, because the alarm continues without one. */
  FACTS_IMPORT_CALLS?: string;
}

/** A turn whose facts have not been extracted yet. */
interface PendingTurn extends NotedEpoch {
  sessionId: string;
  from: number;
  to: number;
  /** Whether these are messages of the backlog: {@link PER_CALL} of them at a time, and only so many calls a day. */
  waited?: true;
}

/** The stored state of the task `extract`. */
interface PendingExtraction extends Extraction {
  /** The pending turns, under the name that version 2.0.0 gave them. */
  lessons: PendingTurn[];
  /** The number of consecutive failures of the model. */
  failures: number;
}

/** The most pending turns. If the model does not keep up, the oldest join the backlog. */
const MAX_PENDING = 64;
/** The most turns of one alarm: each may call the model six times, and the free plan allows 50 calls per invocation. */
const BATCH = 8;
/** The most model calls for a failing turn, and the milliseconds before the second one; the pause doubles each time. */
const TRIES = 4;
const PAUSE_MS = 30_000;
/** Milliseconds after which the alarm retries a turn whose object was lost. */
const LOST_MS = 120_000;

/** The messages of the backlog for one call. */
const PER_CALL = 20;

/** Temporary failures, after which the call is retried. */
const PASSING: readonly Failure["reason"][] = [
  "model_busy",
  "model_timeout",
  "model_unreachable",
  "model_allowance_spent",
];

const isEqual = (a: PendingTurn, b: PendingTurn) =>
  a.sessionId === b.sessionId && a.from === b.from && a.to === b.to && epochIn(a) === epochIn(b);

export class LearnFacts {
  readonly #env: LearningBindings;
  readonly #store: UserStore;
  readonly #affinity: string;
  #busy = false;

  /** @param affinity the same text for all calls of a user, as {@link Llama} takes it */
  constructor(env: LearningBindings, store: UserStore, affinity: string) {
    this.#env = env;
    this.#store = store;
    this.#affinity = affinity;
  }

  /**
   * Adds the turns of new messages to the pending ones, and the messages that are learned from later to the backlog. Call
   * it inside a transaction. @returns whether it added any
   */
  add(
    { sessionId, epoch, learn = [], imported = 0 }: SessionUpdate,
    messages: Message[],
    extraction: Extraction,
  ): boolean {
    const turns = Map.groupBy(
      messages.filter(({ turnId, seq }) => turnId !== undefined && seq > imported),
      ({ turnId }) => turnId,
    );
    const pending = [...turns.values()].map((turn): PendingTurn => {
      const [from, to] = [turn[0]?.seq ?? 0, turn.at(-1)?.seq ?? 0];
      return { sessionId, epoch, from, to };
    });
    const [first, last] = [messages[0]?.seq ?? 0, messages.at(-1)?.seq ?? -1];
    const ranges = learn.map(({ from, to }) => ({ from: Math.max(from, first), to: Math.min(to, last) }));
    const later = pending.reduce(withoutRange, ranges).filter(({ from, to }) => from <= to);
    if (pending.length + later.length === 0) return false;
    this.#store.learner.setExtraction(extraction);
    if (later.length > 0) this.#store.sessions.addBacklog(sessionId, later);
    return this.#addTurns(pending, extraction);
  }

  /** Returns the messages of a session whose learning is pending. */
  pendingOf(sessionId: string, epoch: string): Learning[] {
    const turns = this.#noted?.lessons.filter((turn) => turn.sessionId === sessionId && epochIn(turn) === epoch) ?? [];
    return [...this.#store.sessions.backlogIn(sessionId), ...turns.map(({ from, to }) => ({ from, to }))];
  }

  /**
   * Adds turns that versions of facts lost, if their sessions still exist: facts are extracted from them again. Call it
   * inside a transaction. @returns whether it added any
   */
  again(lost: Learned[]): boolean {
    const { extraction } = this.#store.learner;
    const { sessions } = this.#store;
    const turns = lost.flatMap(({ sessionId, seq: from, to }): PendingTurn[] => {
      const epoch = sessions.get(sessionId)?.epoch;
      return epoch === undefined ? [] : [{ sessionId, epoch, from, to }];
    });
    return extraction !== undefined && this.#addTurns(turns, extraction);
  }

  #addTurns(turns: PendingTurn[], extraction: Extraction): boolean {
    const { lessons: noted = [], failures = 0 } = this.#noted ?? {};
    const added = turns.filter((turn, at) => [...noted, ...turns.slice(0, at)].every((other) => !isEqual(turn, other)));
    const all = [...noted, ...added];
    const { sessions } = this.#store;
    for (const { sessionId, from, to, ...epoch } of all.slice(0, -MAX_PENDING))
      if (sessions.has(sessionId, epochIn(epoch))) sessions.addBacklog(sessionId, [{ from, to }]);
    const isMore = added.length > 0 || sessions.backlog !== undefined;
    if (isMore) this.#put({ ...extraction, failures, lessons: all.slice(-MAX_PENDING) });
    return isMore;
  }

  /**
   * Extracts facts from pending turns, unless another call is doing so.
   * @returns when to continue; null if none are pending
   */
  async run(): Promise<number | null> {
    if (this.#busy) return this.#noted ? Date.now() + LOST_MS : null;
    this.#busy = true;
    try {
      for (let turns = 0; turns < BATCH; turns += 1) {
        const noted = this.#noted;
        if (!noted) return null;
        const { importCalls, tomorrow } = this.#store.learner;
        const most = Number(this.#env.FACTS_IMPORT_CALLS ?? FACTS_IMPORT_CALLS);
        const turn = noted.lessons[0] ?? (importCalls < most ? this.#waiting : undefined);
        // The messages that waited were deleted, or their session has moved.
        if (!turn && !this.#waiting) this.#change((now) => now);
        if (!turn) return this.#noted ? tomorrow : null;
        if (!(await this.#extract(turn, noted))) return Date.now() + PAUSE_MS * 2 ** noted.failures;
      }
      return this.#noted ? Date.now() : null;
    } finally {
      this.#busy = false;
    }
  }

  /** Extracts facts from a turn. @returns whether other turns may follow; false if the model is to be called later */
  async #extract(turn: PendingTurn, noted: PendingExtraction): Promise<boolean> {
    const messages = this.#messagesOf(turn);
    if (messages.length === 0) return this.#done(turn);
    const { facts } = this.#store;
    const shown = factsToShow(facts.rows, messages.map(({ content }) => content).join("\n"));
    const today = { now: Date.now(), timeZone: noted.timeZone ?? "UTC" };
    if (turn.waited) this.#store.transaction(() => this.#store.learner.countImportCall());
    const model = new Llama(this.#env.AI, noted.model, this.#affinity);
    const completion = await model.complete(extractionCall(messages, shown, today), new AbortController().signal);
    if (!completion.ok) {
      const { reason } = completion.failure;
      log("warn", "facts_not_learnt", { cause: reason });
      if (PASSING.includes(reason) && noted.failures + 1 < TRIES) {
        this.#change((now) => ({ ...now, failures: now.failures + 1 }));
        return false;
      }
      return this.#done(turn);
    }
    await countTokens(this.#env, noted.meter, completion.value.usage?.totalTokens ?? 0);
    // A reply to a prompt that contained a deleted fact or message may repeat it. The rest is learned from again.
    const isCut = this.#messagesOf(turn).length < messages.length;
    if (isCut || !shown.every((fact) => facts.find(fact))) return true;
    try {
      return this.#done(turn, () => {
        const changes = changesIn(completion.value, shown);
        if (!changes) log("warn", "facts_not_learnt", { cause: "malformed" });
        facts.learn(changes ?? [], { sessionId: turn.sessionId, seq: turn.from, to: turn.to });
      });
    } catch (error) {
      thrownFailure(error);
      // Without the turn, the next run does not pay for the same call again.
      return this.#done(turn);
    }
  }

  /** Returns the messages of a turn; none if the turn or its session was deleted. */
  #messagesOf({ sessionId, from, to, ...noted }: PendingTurn): Message[] {
    const { deletion, sessions, messages } = this.#store;
    return !deletion && sessions.has(sessionId, epochIn(noted)) ? messages.between(sessionId, from, to) : [];
  }

  /** The messages of the backlog for the next call. */
  get #waiting(): PendingTurn | undefined {
    const { backlog } = this.#store.sessions;
    return backlog && { ...backlog, to: Math.min(backlog.to, backlog.from + PER_CALL - 1), waited: true };
  }

  /** Applies changes and removes the turn from the pending ones, in one transaction. @returns true */
  #done(turn: PendingTurn, apply = () => {}): true {
    this.#change((now) => {
      apply();
      if (turn.waited) this.#store.sessions.cutBacklog({ ...turn, epoch: epochIn(turn) });
      const lessons = turn.waited ? now.lessons : now.lessons.filter((other) => !isEqual(other, turn));
      return { ...now, failures: 0, lessons };
    });
    return true;
  }

  /** Changes the state of the task. Without effect if the user was deleted meanwhile. */
  #change(change: (now: PendingExtraction) => PendingExtraction): void {
    this.#store.transaction(() => {
      const noted = this.#noted;
      if (noted) this.#put(change(noted));
    });
  }

  get #noted(): PendingExtraction | undefined {
    return this.#store.schedule.noted("extract");
  }

  #put(pending: PendingExtraction): void {
    const { schedule } = this.#store;
    if (pending.lessons.length === 0 && !this.#waiting) schedule.drop("extract");
    else schedule.note("extract", Date.now() + LOST_MS, pending);
  }
}
