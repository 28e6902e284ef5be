/** What a session's messages mean, beside their words: vectors, made in the background for sessions beyond their context. */
import type { AiBinding } from "../../llm/binding";
import { type EmbeddingOptions, embed } from "../../llm/embedder";
import { countUsage, type Quotas } from "../../quota";
import { estimateTokens } from "../../turn/tokens";
import type { Message } from "../../turn/types";
import { NEAREST } from "../memory/evidence";
import { EPISODE_GAP } from "../memory/ranking";
import type { EncoderOptions } from "../memory/vector-rows";
import { unit } from "../memory/vectors";
import type { Store } from "./store";

/** Texts of a call. */
const BATCH = 100;
/** Batches of an alarm. */
const BATCHES = 20;
/** Milliseconds that a batch may take. */
const BATCH_MS = 30_000;

/** What a batch leaves: nothing, more to do, all where it failed, or where another one is under way. */
type Left = "nothing" | "more" | "failed" | "busy";
/** Milliseconds until the next one. */
const PAUSE_MS = { more: 0, busy: 1_000 };
/** Milliseconds until an encoder that failed is called again; they double with each failure, up to an hour. */
const FAILED_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** When an encoder is called again, after so many failures in a row: one at least. */
const afterFailures = (count: number) => Date.now() + Math.min(FAILED_MS * 2 ** (count - 1), LONGEST_PAUSE_MS);

/** Characters of a message, and of the one before it, that its vector is made of. */
const CONTENT = 4_000;
const BEFORE = 1_000;

const line = ({ name, role, content }: Message, most: number) => `${name ?? role}: ${content.slice(0, most)}`;

/** What is embedded for a message: it alone often means little, so the one before it in its episode stands there too. */
function textOf(message: Message | undefined, before: Message | undefined): string {
  if (!message) return "withdrawn";
  const said = line(message, CONTENT);
  const near = before && message.createdAt - before.createdAt <= EPISODE_GAP;
  return (near ? `${line(before, BEFORE)}\n${said}` : said).toWellFormed();
}

export class Meaning {
  readonly #ai: AiBinding;
  readonly #usage: Quotas;
  readonly #store: Store;
  #busy = false;
  /** How vectors are to be made, as it was last said. */
  #wanted: EncoderOptions | undefined;
  /** The encoder that failed for the last questions, how often in a row, and when it is called for the next one. */
  #failing: { model: string; gateway: string; failures: number; until: number } | undefined;

  constructor(ai: AiBinding, usage: Quotas, store: Store) {
    this.#ai = ai;
    this.#usage = usage;
    this.#store = store;
  }

  /**
   * Returns the vector of a question, for a session that has vectors to compare it with. Returns null in other cases: when
   * the encoder fails or is late, and for a while after it did.
   */
  async question(text: string, options: EmbeddingOptions): Promise<Float32Array | null> {
    if (this.#store.vectors.count(options.model) === 0) return null;
    const before = this.#failing;
    const failing = before && isSame(before, options) ? before : undefined;
    if (failing && Date.now() < failing.until) return null;
    const vectors = await this.#embed([text.slice(0, CONTENT).toWellFormed()], options);
    // Questions that were asked at the same time fail together: that is one failure.
    if (!vectors && this.#failing === before) {
      const failures = (failing?.failures ?? 0) + 1;
      const { model, gateway } = options;
      this.#failing = { model, gateway, failures, until: afterFailures(failures) };
    }
    if (vectors) this.#failing = undefined;
    return vectors?.[0] ? unit(vectors[0]) : null;
  }

  /** Which messages before a `seq` are nearest to a question; undefined where its vector is not known. */
  nearestTo(question: Float32Array | null): ((seq: number) => number[]) | undefined {
    return question ? (seq) => this.#store.vectors.nearest(question, seq, NEAREST) : undefined;
  }

  /**
   * Makes the next vectors of a session, in one call of the encoder. Plans an alarm if there are more, or if the call fails.
   * Leaves an encoder that failed to its alarm.
   */
  async catchUp(options: EncoderOptions): Promise<void> {
    this.#wanted = options;
    const { vectors, schedule } = this.#store;
    const { planned } = vectors;
    if (planned && planned.failures > 0 && isSame(planned, options) && schedule.has("embed")) return;
    const left = await this.#batch(options);
    if (left === "nothing") return;
    // Somebody may have asked with another encoder meanwhile.
    vectors.plan(this.#wanted, left === "failed" ? 1 : 0);
    schedule.plan("embed", left === "failed" ? afterFailures(1) : Date.now() + PAUSE_MS[left]);
  }

  /** Goes on with a long backlog. @returns when to go on again */
  async resume(): Promise<number | null> {
    for (let batches = 0; batches < BATCHES; batches += 1) {
      const planned = this.#store.vectors.planned;
      if (!planned) return null;
      const left = await this.#batch(planned);
      if (left === "nothing") return null;
      if (left === "busy") return Date.now() + PAUSE_MS.busy;
      if (left === "failed") {
        this.#store.vectors.plan(planned, planned.failures + 1);
        return afterFailures(planned.failures + 1);
      }
      if (planned.failures > 0) this.#store.vectors.plan(planned);
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
    const { vectors, life } = this.#store;
    const seqs = vectors.wanted(options.model, this.#store.settled(), BATCH);
    if (seqs.length === 0) return "nothing";
    const texts = this.#textsOf(seqs);
    const made = await this.#embed(texts, { ...options, timeoutMs: BATCH_MS });
    // Of a session that was emptied meanwhile nothing is left to do, and nothing may be written.
    if (this.#store.life !== life) return "nothing";
    if (!made) return "failed";
    // A message that was withdrawn meanwhile must not be in any vector.
    const textsNow = this.#textsOf(seqs);
    const placed = seqs.map((seq, at) => ({ seq, vector: textsNow[at] === texts[at] ? unit(made[at] ?? []) : null }));
    vectors.store(options.model, made[0]?.length ?? 0, placed);
    return vectors.wanted(options.model, this.#store.settled(), 1).length > 0 ? "more" : "nothing";
  }

  #textsOf(seqs: number[]): string[] {
    const { messages } = this.#store;
    const bySeq = new Map(
      messages.pick(seqs.flatMap((seq) => [seq - 1, seq])).map((message) => [message.seq, message]),
    );
    return seqs.map((seq) => textOf(bySeq.get(seq), bySeq.get(seq - 1)));
  }

  /** Calls the encoder, and counts the tokens, which it does not tell. */
  async #embed(texts: string[], options: EmbeddingOptions): Promise<number[][] | null> {
    const vectors = await embed(this.#ai, texts, options);
    const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
    // The answer does not wait for it.
    if (vectors) void countUsage(this.#usage, options.meter, tokens);
    return vectors;
  }
}

const isSame = (one: { model: string; gateway: string }, other: { model: string; gateway: string }) =>
  one.model === other.model && one.gateway === other.gateway;
