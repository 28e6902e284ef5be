/** Vectors of messages: created in the background, in batches that fit the encoder. */
import type { AiBinding } from "../../llm/binding";
import { type EmbeddingOptions, embed } from "../../llm/embedder";
import { log } from "../../log";
import { countTokens, type QuotaBindings } from "../../quota";
import { sum } from "../../turn/sum";
import { estimateTokens } from "../../turn/tokens";
import { retryAt, type Schedule } from "../sqlite/schedule";
import { type BatchSize, doubled, halved, LARGEST } from "./batch-size";
import { CONTENT, embeddedTexts, type Picked } from "./embedded-texts";
import type { EncoderOptions, EncoderPlan } from "./encoder-plan";
import { NEAREST, type Near } from "./meaning-evidence";
import type { VectorRows } from "./vector-rows";
import { unit } from "./vectors";

/** The messages that get vectors. */
interface Embedded {
  /** Incremented each time they are all deleted. */
  readonly generation: number;
  readonly vectors: VectorRows;
  readonly messages: Picked;
  readonly schedule: Pick<Schedule<"embed">, "has" | "plan">;
  /** Returns the last `seq` that may have a vector. */
  stableSeq(): number;
}

export type EmbeddingBindings = QuotaBindings & { AI: AiBinding };

/** The vector of a question, and its encoder. */
export interface QuestionVector {
  model: string;
  vector: Float32Array;
}

/** The vector of a question before it is made, and its encoder. */
export interface PendingVector {
  options: EmbeddingOptions;
  /** Null if the encoder fails or is late. */
  vector: Promise<QuestionVector | null>;
}

/** The most batches of one alarm, and the milliseconds after which it starts no further one: other tasks wait for it. */
const BATCHES = 20;
const ALARM_MS = 60_000;
/** The timeout of a batch, in milliseconds. */
const BATCH_MS = 30_000;
/** A batch that takes more milliseconds is slow: at an encoder that serves one call at a time, questions wait for it. */
const SLOW_MS = 2_000;
/** Milliseconds until the encoder is called again after a question without a vector, doubled by each further one. */
const QUESTION_RETRY_MS = 5_000;

/** The outcome of a batch. `late`: it timed out, and a smaller one may succeed. `busy`: another batch was running. */
type Left = "nothing" | "more" | "late" | "failed" | "busy";
/** The outcome of a batch, and the size of the next one. */
interface Outcome {
  left: Left;
  batch: BatchSize;
}
/** Milliseconds until the next batch. */
const PAUSE_MS = { more: 0, busy: 1_000 };
/** A text that any encoder can embed. */
const PROBE = "Hello.";
export class Embeddings {
  readonly #store: Embedded;
  readonly #env: EmbeddingBindings;
  readonly #object: string;
  #busy = false;
  /** Quick calls since the size of the batches has changed. */
  #quick = 0;
  /** The encoder of the latest request. */
  #wanted: EncoderOptions | undefined;
  /** The encoder that failed for the last questions, and when it is called again. */
  #failing: (EncoderOptions & { failures: number; until: number }) | undefined;

  /** @param object the id of the object, for the log */
  constructor(store: Embedded, env: EmbeddingBindings, object: string) {
    this.#store = store;
    this.#env = env;
    this.#object = object;
  }

  /** Returns whether there are vectors of an encoder, which a question can be compared with. */
  has(encoder: Pick<EmbeddingOptions, "model"> | undefined): boolean {
    return encoder !== undefined && this.#store.vectors.count(encoder.model) > 0;
  }

  /** Begins to create the vector of a question, if it is needed and there is an encoder. */
  begin(textOf: () => string, options: EmbeddingOptions | undefined, isNeeded: boolean): PendingVector | undefined {
    return options && isNeeded ? { options, vector: this.question(textOf, options) } : undefined;
  }

  /** Returns the vector of a question; null if the encoder fails or is late, and for a while after a failure. */
  async question(textOf: () => string, options: EmbeddingOptions): Promise<QuestionVector | null> {
    const before = this.#failing;
    const failing = isSame(before, options) ? before : undefined;
    if (failing && Date.now() < failing.until) return null;
    const vectors = await this.embed([textOf().slice(0, CONTENT).toWellFormed()], options);
    // Concurrent questions fail together: that counts as one failure.
    if (!vectors && this.#failing === before) {
      const failures = (failing?.failures ?? 0) + 1;
      this.#failing = { ...options, failures, until: retryAt(failures, QUESTION_RETRY_MS) };
    }
    if (vectors) this.#failing = undefined;
    return vectors?.[0] ? { model: options.model, vector: unit(vectors[0]) } : null;
  }

  /** Returns a function that finds the nearest messages before a `seq`; undefined without vectors of the same encoder. */
  nearestTo(question: QuestionVector | null | undefined): ((seq: number) => Near[]) | undefined {
    const { vectors } = this.#store;
    if (!question || !this.has(question)) return undefined;
    return (seq) => vectors.nearest(question.vector, seq, NEAREST);
  }

  /**
   * Creates the next vectors in one call of the encoder. Schedules an alarm if there are more, or if the call fails. Does
   * not call an encoder whose retry is scheduled.
   */
  async catchUp(options: EncoderOptions): Promise<void> {
    this.#wanted = options;
    const { vectors, schedule } = this.#store;
    const plan = planFor(options, vectors.planned);
    if (plan.failures > 0 && schedule.has("embed")) return;
    const { left, batch } = await this.#batch(plan);
    if (left === "nothing") return;
    const hasFailed = left === "failed" || left === "late";
    // A later request may use another encoder.
    const next = planFor(this.#wanted, { ...plan, batch });
    vectors.plan({ ...next, failures: hasFailed ? 1 : 0 });
    schedule.plan("embed", hasFailed ? retryAt(1) : Date.now() + PAUSE_MS[left]);
  }

  /** Continues a backlog. @returns when to continue again */
  async resume(): Promise<number | null> {
    const until = Date.now() + ALARM_MS;
    for (let batches = 0; batches < BATCHES && Date.now() < until; batches += 1) {
      const plan = this.#store.vectors.planned;
      if (!plan) return null;
      const { left, batch } = await this.#batch(plan);
      if (left === "busy") return Date.now() + PAUSE_MS.busy;
      // A slow encoder must not wait longer for each smaller batch.
      const failures = left === "failed" ? plan.failures + 1 : left === "late" ? 1 : 0;
      this.#replan(plan, { ...plan, failures, batch });
      if (failures > 0) return retryAt(failures);
      if (left === "nothing") return null;
    }
    return Date.now();
  }

  /** Stores a changed plan, unless a later request has planned another encoder, or the session was emptied. */
  #replan(before: EncoderPlan, plan: EncoderPlan): void {
    const { vectors } = this.#store;
    const isChanged = JSON.stringify(before) !== JSON.stringify(plan);
    if (isSame(vectors.planned, before) && isChanged) vectors.plan(plan);
  }

  async #batch({ batch = LARGEST, ...options }: EncoderPlan): Promise<Outcome> {
    if (this.#busy) return { left: "busy", batch };
    this.#busy = true;
    try {
      return await this.#next(options, batch);
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Creates the next vectors. Halves the batch if the call fails or is slow, because the encoder may be too slow for it, or
   * refuse one of its texts. Doubles it after calls that would not be slow with twice as many texts.
   */
  async #next(options: EncoderOptions, batch: BatchSize): Promise<Outcome> {
    const { vectors, generation } = this.#store;
    const seqs = vectors.wanted(options.model, this.#store.stableSeq(), batch.texts);
    const [first] = seqs;
    if (first === undefined) return { left: "nothing", batch };
    const all = embeddedTexts(this.#store.messages, seqs);
    const there = all.filter((text) => text !== null);
    // The length of empty vectors must be known.
    const texts = there.length > 0 ? there : [PROBE];
    const begun = Date.now();
    const together = await this.embed(texts, { ...options, timeoutMs: BATCH_MS });
    const elapsed = Date.now() - begun;
    const made = together ?? (texts.length === 1 ? await this.#alone(first, texts, options) : null);
    // The session was emptied meanwhile: nothing may be written.
    if (this.#store.generation !== generation) return { left: "nothing", batch };
    if (!together) this.#quick = 0;
    if (!made) {
      const isSmaller = texts.length > 1;
      const left = isSmaller && elapsed >= BATCH_MS ? "late" : "failed";
      return { left, batch: isSmaller ? halved(batch, texts.length) : batch };
    }
    // No vector may contain a message that was withdrawn meanwhile.
    const textsNow = embeddedTexts(this.#store.messages, seqs);
    const [empty = []] = made.map((vector) => vector.map(() => 0));
    const vectorsOfTexts = made.values();
    const placed = seqs.map((seq, at) => {
      const vector = all[at] === null ? empty : (vectorsOfTexts.next().value ?? []);
      return { seq, vector: textsNow[at] === all[at] ? unit(vector) : null };
    });
    vectors.store(options.model, empty.length, placed);
    const isLeft = vectors.wanted(options.model, this.#store.stableSeq(), 1).length > 0;
    // The questions that came meanwhile may have failed because the encoder was busy with the messages.
    if (!isLeft && isSame(this.#failing, options)) this.#failing = undefined;
    const isSlow = elapsed > SLOW_MS && seqs.length > 1;
    if (isSlow) this.#quick = 0;
    else if (together && seqs.length === batch.texts && 2 * elapsed < SLOW_MS) this.#quick += 1;
    const grows = this.#quick >= batch.calm;
    if (grows) this.#quick = 0;
    const next = isSlow ? halved(batch, seqs.length) : grows ? doubled(batch) : batch;
    return { left: isLeft ? "more" : "nothing", batch: next };
  }

  /**
   * Embeds a text that failed alone. If the encoder embeds another text, but not this one again, the text gets an empty
   * vector, so that it does not keep the later ones from theirs.
   * @returns null if the encoder embeds no text
   */
  async #alone(seq: number, text: string[], options: EncoderOptions): Promise<number[][] | null> {
    const call = { ...options, timeoutMs: BATCH_MS };
    const probe = await this.embed([PROBE], call);
    if (!probe) return null;
    const again = await this.embed(text, call);
    if (!again) log("warn", "embedding_skipped", { session: this.#object, seq });
    return again ?? probe.map((vector) => vector.map(() => 0));
  }

  /** Calls the encoder, and counts estimated tokens, because encoders report none. */
  async embed(texts: string[], options: EmbeddingOptions): Promise<number[][] | null> {
    const vectors = await embed(this.#env.AI, texts, options);
    const tokens = sum(texts, estimateTokens);
    // An answer does not wait for the count.
    if (vectors) void countTokens(this.#env, options.meter, tokens);
    return vectors;
  }
}

const isSame = (one: Partial<EncoderOptions> | null | undefined, { model, gateway }: EncoderOptions) =>
  one?.model === model && one.gateway === gateway;

/** Returns the plan for an encoder: the stored one if it is of the same encoder. */
const planFor = ({ model, gateway, meter }: EncoderOptions, planned: EncoderPlan | null): EncoderPlan =>
  planned && isSame(planned, { model, gateway }) ? { ...planned, meter } : { model, gateway, meter, failures: 0 };
