/** Vectors of a session's messages: created in the background if the session is larger than its context. */
import { type EmbeddingOptions, embed } from "../../llm/embedder";
import { countTokens } from "../../quota";
import { estimateTokens } from "../../turn/tokens";
import type { Message } from "../../turn/types";
import { NEAREST } from "../memory/evidence";
import { EPISODE_GAP } from "../memory/ranking";
import type { EncoderOptions } from "../memory/vector-rows";
import { unit } from "../memory/vectors";
import { retryAt } from "../sqlite/schedule";
import type { Session } from "./session";

/** The most texts of one call. */
const BATCH = 100;
/** The most batches of one alarm. */
const BATCHES = 20;
/** The timeout of a batch, in milliseconds. */
const BATCH_MS = 30_000;

/** The outcome of a batch: nothing left, more to do, failed, or another batch was running. */
type Left = "nothing" | "more" | "failed" | "busy";
/** Milliseconds until the next batch. */
const PAUSE_MS = { more: 0, busy: 1_000 };
/** Characters of a message, and of the message before it, that are embedded. */
const CONTENT = 4_000;
const BEFORE = 1_000;

const lineOf = ({ name, role, content }: Message, most: number) => `${name ?? role}: ${content.slice(0, most)}`;

/** Returns the text to embed for a message: with the message before it in its episode, because a message alone often says little. */
function textOf(message: Message | undefined, before: Message | undefined): string {
  if (!message) return "withdrawn";
  const own = lineOf(message, CONTENT);
  const near = before && message.createdAt - before.createdAt <= EPISODE_GAP;
  return (near ? `${lineOf(before, BEFORE)}\n${own}` : own).toWellFormed();
}

export class Embeddings {
  readonly #session: Session;
  #busy = false;
  /** The encoder of the latest request. */
  #wanted: EncoderOptions | undefined;
  /** The encoder that failed for the last questions, and when it is called again. */
  #failing: { model: string; gateway: string; failures: number; until: number } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Returns the vector of a question. Returns null for a session without vectors, if the encoder fails or is late, and for
   * a while after a failure.
   */
  async question(text: string, options: EmbeddingOptions): Promise<Float32Array | null> {
    if (this.#session.store.vectors.count(options.model) === 0) return null;
    const before = this.#failing;
    const failing = before && isSame(before, options) ? before : undefined;
    if (failing && Date.now() < failing.until) return null;
    const vectors = await this.#embed([text.slice(0, CONTENT).toWellFormed()], options);
    // Concurrent questions fail together: that counts as one failure.
    if (!vectors && this.#failing === before) {
      const failures = (failing?.failures ?? 0) + 1;
      const { model, gateway } = options;
      this.#failing = { model, gateway, failures, until: retryAt(failures) };
    }
    if (vectors) this.#failing = undefined;
    return vectors?.[0] ? unit(vectors[0]) : null;
  }

  /** Returns a function that finds the nearest messages before a `seq`; undefined without a vector. */
  nearestTo(question: Float32Array | null): ((seq: number) => number[]) | undefined {
    return question ? (seq) => this.#session.store.vectors.nearest(question, seq, NEAREST) : undefined;
  }

  /**
   * Creates the next vectors in one call of the encoder. Schedules an alarm if there are more, or if the call fails. Does
   * not call an encoder whose retry is scheduled.
   */
  async catchUp(options: EncoderOptions): Promise<void> {
    this.#wanted = options;
    const { vectors, schedule } = this.#session.store;
    const { planned } = vectors;
    if (planned && planned.failures > 0 && isSame(planned, options) && schedule.has("embed")) return;
    const left = await this.#batch(options);
    if (left === "nothing") return;
    // A later request may use another encoder.
    vectors.plan(this.#wanted, left === "failed" ? 1 : 0);
    schedule.plan("embed", left === "failed" ? retryAt(1) : Date.now() + PAUSE_MS[left]);
  }

  /** Continues a backlog. @returns when to continue again */
  async resume(): Promise<number | null> {
    for (let batches = 0; batches < BATCHES; batches += 1) {
      const planned = this.#session.store.vectors.planned;
      if (!planned) return null;
      const left = await this.#batch(planned);
      if (left === "nothing") return null;
      if (left === "busy") return Date.now() + PAUSE_MS.busy;
      if (left === "failed") {
        this.#session.store.vectors.plan(planned, planned.failures + 1);
        return retryAt(planned.failures + 1);
      }
      if (planned.failures > 0) this.#session.store.vectors.plan(planned);
    }
    return Date.now();
  }

  async #batch(options: EncoderOptions): Promise<Left> {
    if (this.#busy) return "busy";
    this.#busy = true;
    try {
      return await this.#next(options);
    } finally {
      this.#busy = false;
    }
  }

  async #next(options: EncoderOptions): Promise<Left> {
    const { vectors, generation } = this.#session.store;
    const seqs = vectors.wanted(options.model, this.#session.store.stableSeq(), BATCH);
    if (seqs.length === 0) return "nothing";
    const texts = this.#textsOf(seqs);
    const made = await this.#embed(texts, { ...options, timeoutMs: BATCH_MS });
    // The session was emptied meanwhile: nothing may be written.
    if (this.#session.store.generation !== generation) return "nothing";
    if (!made) return "failed";
    // No vector may contain a message that was withdrawn meanwhile.
    const textsNow = this.#textsOf(seqs);
    const placed = seqs.map((seq, at) => ({ seq, vector: textsNow[at] === texts[at] ? unit(made[at] ?? []) : null }));
    vectors.store(options.model, made[0]?.length ?? 0, placed);
    return vectors.wanted(options.model, this.#session.store.stableSeq(), 1).length > 0 ? "more" : "nothing";
  }

  #textsOf(seqs: number[]): string[] {
    const { messages } = this.#session.store;
    const bySeq = new Map(
      messages.pick(seqs.flatMap((seq) => [seq - 1, seq])).map((message) => [message.seq, message]),
    );
    return seqs.map((seq) => textOf(bySeq.get(seq), bySeq.get(seq - 1)));
  }

  /** Calls the encoder, and counts estimated tokens, because encoders report none. */
  async #embed(texts: string[], options: EmbeddingOptions): Promise<number[][] | null> {
    const vectors = await embed(this.#session.env.AI, texts, options);
    const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
    // An answer does not wait for the count.
    if (vectors) void countTokens(this.#session.env, options.meter, tokens);
    return vectors;
  }
}

const isSame = (one: { model: string; gateway: string }, other: { model: string; gateway: string }) =>
  one.model === other.model && one.gateway === other.gateway;
