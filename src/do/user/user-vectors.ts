/** Creates the vectors of a user's messages and facts, in the background. */

import type { EmbeddingOptions } from "../../llm/embedder";
import { MAX_FACTS } from "../../turn/user-memory";
import type { Embeddings, QuestionVector } from "../memory/embeddings";
import type { EncoderOptions } from "../memory/encoder-plan";
import { thrownFailure } from "../sqlite/try-write";
import type { UserStore } from "./user-store";

/** Milliseconds that the encoder has for a call, and the most facts of one: a slow encoder takes 400 ms for each. */
const FACTS_MS = 30_000;
const BATCH = 20;

export class UserVectors {
  readonly #store: UserStore;
  readonly #embeddings: Embeddings;
  #busy = false;

  constructor(store: UserStore, embeddings: Embeddings) {
    this.#store = store;
    this.#embeddings = embeddings;
  }

  /** Returns whether messages or facts have vectors of an encoder, which a question can be compared with. */
  has(encoder: Pick<EncoderOptions, "model"> | undefined): boolean {
    return (
      this.#embeddings.has(encoder) || (encoder !== undefined && this.#store.facts.rows.vectors.has(encoder.model))
    );
  }

  /** Returns the vector of a text; null if there is nothing to compare it with, or if the encoder fails or is late. */
  async ofText(text: string, embedding: EmbeddingOptions | undefined): Promise<QuestionVector | null> {
    return (await this.#embeddings.begin(() => text, embedding, this.has(embedding))?.vector) ?? null;
  }

  /** Creates the next vectors of messages, then those of facts. Never rejects. */
  async create(encoder: EncoderOptions): Promise<void> {
    await this.#embeddings.catchUp(encoder).catch(thrownFailure);
    await this.ofFacts(encoder);
  }

  /**
   * Creates all missing vectors of facts, until a call of the encoder fails. Does nothing while another call is doing so:
   * that one also finds the facts that were added meanwhile. Never rejects.
   */
  async ofFacts(encoder: EncoderOptions): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      // Each call makes at least one vector, unless the fact was changed meanwhile.
      for (let calls = 0; calls < MAX_FACTS; calls += 1) if (!(await this.#next(encoder))) return;
    } catch (error) {
      thrownFailure(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Creates the next vectors of facts. @returns whether there may be more to create */
  async #next(encoder: EncoderOptions): Promise<boolean> {
    const { rows } = this.#store.facts;
    const { planned } = this.#store.vectors;
    if (planned?.failures) return false;
    const missing = rows.vectors.missing(encoder.model, rows.texts(), Math.min(BATCH, planned?.batch?.texts ?? BATCH));
    if (missing.length === 0) return false;
    const texts = missing.map(({ text }) => text);
    const made = await this.#embeddings.embed(texts, { ...encoder, timeoutMs: FACTS_MS });
    if (!made) return false;
    this.#store.transaction(() => {
      for (const [at, { number, text }] of missing.entries()) {
        const vector = made[at];
        // The fact may have changed or been deleted meanwhile.
        if (vector && rows.at(number)?.text === text) rows.vectors.put(number, encoder.model, vector);
      }
    });
    return true;
  }
}
