/** What a session's messages mean, beside their words: vectors, made in the background for sessions beyond their context. */
import type { AiBinding } from "../../llm/binding";
import { type EmbeddingOptions, embed } from "../../llm/embedder";
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
/** Milliseconds until the next one; for one that has failed again and again they double, up to an hour. */
const PAUSE_MS = { more: 0, failed: 30_000, busy: 1_000 };
const LONGEST_PAUSE_MS = 3_600_000;

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
  readonly #store: Store;
  #busy = false;
  /** How vectors are to be made, as it was last said. */
  #wanted: EncoderOptions | undefined;

  constructor(ai: AiBinding, store: Store) {
    this.#ai = ai;
    this.#store = store;
  }

  /** The vector of a question, for a session that has vectors to compare it with; null in other cases, and when it is late. */
  async question(text: string, options: EmbeddingOptions): Promise<Float32Array | null> {
    if (this.#store.vectors.count(options.model) === 0) return null;
    const vectors = await embed(this.#ai, [text.slice(0, CONTENT).toWellFormed()], options);
    return vectors?.[0] ? unit(vectors[0]) : null;
  }

  /** Which messages before a `seq` are nearest to a question; undefined where its vector is not known. */
  nearestTo(question: Float32Array | null): ((seq: number) => number[]) | undefined {
    return question ? (seq) => this.#store.vectors.nearest(question, seq, NEAREST) : undefined;
  }

  /** Makes the next vectors of a session, in one call; where there are more, or it fails, an alarm goes on. */
  async catchUp(options: EncoderOptions): Promise<void> {
    this.#wanted = options;
    const left = await this.#batch(options);
    if (left === "nothing") return;
    // Somebody may have asked with another encoder meanwhile.
    this.#store.vectors.plan(this.#wanted);
    this.#store.schedule.plan("embed", Date.now() + PAUSE_MS[left]);
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
        return Date.now() + Math.min(PAUSE_MS.failed * 2 ** planned.failures, LONGEST_PAUSE_MS);
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
    const { vectors, messages, life } = this.#store;
    const { version } = vectors;
    const done = vectors.count(options.model);
    const last = Math.min(this.#store.settled(), done + BATCH);
    if (last <= done) return "nothing";
    const bySeq = new Map<number, Message>();
    for (const message of messages.between(done - 1, last, BATCH + 2)) bySeq.set(message.seq, message);
    const seqs = Array.from({ length: last - done }, (_, at) => done + 1 + at);
    const texts = seqs.map((seq) => textOf(bySeq.get(seq), bySeq.get(seq - 1)));
    const made = await embed(this.#ai, texts, { ...options, timeoutMs: BATCH_MS });
    // Of a session that was emptied meanwhile nothing is left to do, and nothing may be written.
    if (this.#store.life !== life) return "nothing";
    if (!made) return "failed";
    // Something of it was withdrawn meanwhile.
    if (vectors.version !== version) return "more";
    vectors.add(options.model, made.map(unit));
    return last < this.#store.settled() ? "more" : "nothing";
  }
}
