/** Facts that a model learns from a user's turns, in the background: one turn at a time. */
import type { AiBinding } from "../../llm/binding";
import { Llama, type LlamaOptions } from "../../llm/llama";
import { log } from "../../log";
import { countUsage, type Quotas } from "../../quota";
import { changesIn, learningCall } from "../../turn/extraction-prompt";
import type { Completion } from "../../turn/ports";
import type { Failure } from "../../turn/result";
import type { Message } from "../../turn/types";
import type { Fact } from "../../turn/user-memory";
import { epochIn, type NotedEpoch } from "./user-sessions";
import type { Told, UserStore } from "./user-store";

/** How a model is asked for facts. */
export interface Extraction {
  model: LlamaOptions;
  /** The name of the object that counts the tokens; absent without a quota. */
  meter?: string | undefined;
}

/** A turn to learn from. */
interface Lesson extends NotedEpoch {
  sessionId: string;
  from: number;
  to: number;
}

/** What the task of learning needs to know. */
interface Note extends Extraction {
  lessons: Lesson[];
  /** How often in a row the model has failed. */
  failures: number;
}

/** Turns that wait: of a model that does not keep up, the oldest are left out. */
const MOST_LESSONS = 64;
/** Turns of an alarm: a model may be called six times for each, and an invocation on the free plan makes 50 calls. */
const BATCH = 8;
/** Facts that the model is shown. */
const SHOWN = 16;
/** How often a model that fails is asked for one turn, and after how many milliseconds again; they double. */
const TRIES = 4;
const PAUSE_MS = 30_000;
/** Milliseconds after which a lesson that was lost with its object is taken up again. */
const LOST_MS = 120_000;

/** Failures that pass. */
const PASSING: readonly Failure["reason"][] = [
  "model_busy",
  "model_timeout",
  "model_unreachable",
  "model_allowance_spent",
];

export class Learning {
  readonly #ai: AiBinding;
  readonly #usage: Quotas;
  readonly #store: UserStore;
  readonly #affinity: string;
  #busy = false;

  /** @param affinity the same text for all calls of a user, as {@link Llama} takes it */
  constructor(ai: AiBinding, usage: Quotas, store: UserStore, affinity: string) {
    this.#ai = ai;
    this.#usage = usage;
    this.#store = store;
    this.#affinity = affinity;
  }

  /** Notes the turns of messages that are new. Call it inside a transaction. @returns whether there are any */
  note({ sessionId, epoch }: Told, messages: Message[], extraction: Extraction): boolean {
    const turns = Map.groupBy(
      messages.filter(({ turnId }) => turnId !== undefined),
      ({ turnId }) => turnId,
    );
    const lessons = [...turns.values()].map((turn): Lesson => {
      const [from, to] = [turn[0]?.seq ?? 0, turn.at(-1)?.seq ?? 0];
      return { sessionId, epoch, from, to };
    });
    if (lessons.length === 0) return false;
    const noted = this.#noted;
    this.#put({ ...extraction, failures: noted?.failures ?? 0, lessons: [...(noted?.lessons ?? []), ...lessons] });
    return true;
  }

  /** Learns from the turns that wait, where nobody does already. @returns when to go on, or null */
  async run(): Promise<number | null> {
    if (this.#busy) return this.#noted ? Date.now() + LOST_MS : null;
    this.#busy = true;
    try {
      for (let turns = 0; turns < BATCH; turns += 1) {
        const noted = this.#noted;
        const lesson = noted?.lessons[0];
        if (!noted || !lesson) return null;
        if ((await this.#learn(lesson, noted)) === "later") return Date.now() + PAUSE_MS * 2 ** noted.failures;
      }
      return this.#noted ? Date.now() : null;
    } finally {
      this.#busy = false;
    }
  }

  async #learn(lesson: Lesson, noted: Note): Promise<"done" | "later"> {
    const said = this.#said(lesson);
    if (said.length === 0) return this.#done(lesson, () => {});
    const facts = this.#store.facts.nearest(said.map(({ content }) => content).join("\n"), SHOWN);
    const model = new Llama(this.#ai, noted.model, this.#affinity);
    const completion = await model.complete(learningCall(said, facts), new AbortController().signal);
    if (!completion.ok) {
      const { reason } = completion.failure;
      log("warn", "facts_not_learnt", { cause: reason });
      if (PASSING.includes(reason) && noted.failures + 1 < TRIES) {
        this.#change((now) => ({ ...now, failures: now.failures + 1 }));
        return "later";
      }
      return this.#done(lesson, () => {});
    }
    await countUsage(this.#usage, noted.meter, completion.value.usage?.totalTokens ?? 0);
    return this.#done(lesson, () => this.#apply(lesson, completion.value, facts));
  }

  /** What was said, as long as it is known. */
  #said({ sessionId, from, to, ...noted }: Lesson): Message[] {
    const { closing, directory, copy } = this.#store;
    return !closing && directory.has(sessionId, epochIn(noted)) ? copy.said(sessionId, from, to) : [];
  }

  /** Of a turn that was forgotten meanwhile nothing is learnt, and a fact that somebody changed meanwhile stays as it is. */
  #apply(lesson: Lesson, reply: Completion, shown: Fact[]): void {
    if (this.#said(lesson).length === 0) return;
    const changes = changesIn(reply, shown);
    if (!changes) log("warn", "facts_not_learnt", { cause: "malformed" });
    const { facts } = this.#store;
    const source = { sessionId: lesson.sessionId, seq: lesson.from };
    const isSame = (id: string) =>
      facts.get(id)?.updatedAt === shown.find((fact) => fact.id === id)?.updatedAt && facts.get(id) !== undefined;
    for (const change of changes ?? []) {
      if (change.do === "add" && !facts.full) facts.add(change.text, source, true);
      if (change.do === "change" && isSame(change.id)) facts.change(change.id, change.text, source, true);
      if (change.do === "drop" && isSame(change.id)) facts.delete(change.id);
    }
  }

  /** What a turn taught, and that it is done with, in one transaction. */
  #done(lesson: Lesson, learn: () => void): "done" {
    const isOther = (other: Lesson) => JSON.stringify(other) !== JSON.stringify(lesson);
    this.#change((now) => {
      learn();
      return { ...now, failures: 0, lessons: now.lessons.filter(isOther) };
    });
    return "done";
  }

  /** Nothing is noted of a user who was deleted meanwhile. */
  #change(change: (now: Note) => Note): void {
    this.#store.transaction(() => {
      const noted = this.#noted;
      if (noted) this.#put(change(noted));
    });
  }

  get #noted(): Note | undefined {
    return this.#store.schedule.noted("extract");
  }

  #put(note: Note): void {
    const { schedule } = this.#store;
    if (note.lessons.length === 0) schedule.drop("extract");
    else schedule.note("extract", Date.now() + LOST_MS, { ...note, lessons: note.lessons.slice(-MOST_LESSONS) });
  }
}
