/** Reads the memory of a user for questions and searches, by words and by meaning. */
import type { EmbeddingOptions } from "../../llm/embedder";
import type { RecalledMessage } from "../../turn/types";
import type { Fact, FactVersion } from "../../turn/user-memory";
import type { Embeddings } from "../memory/embeddings";
import { listFacts, nearestFacts } from "./fact-ranking";
import type { Known, Question } from "./user-object";
import type { UserStore } from "./user-store";
import type { UserVectors } from "./user-vectors";

/** The messages and facts that match a search, best first. */
export interface Matches {
  messages: RecalledMessage[];
  facts: Fact[];
}

export class UserReads {
  readonly #store: UserStore;
  readonly #embeddings: Embeddings;
  readonly #vectors: UserVectors;

  constructor(store: UserStore, embeddings: Embeddings, vectors: UserVectors) {
    this.#store = store;
    this.#embeddings = embeddings;
    this.#vectors = vectors;
  }

  /** Returns facts, messages of other sessions that match a question, and the epoch of the asking session. */
  async memory(question: Question): Promise<Known> {
    const { sessionId, epoch, opens, encoder } = question;
    // First, because everything may change meanwhile.
    const vector = this.#vectors.has(encoder) ? await encoder?.vectorOf() : null;
    const { deletion, sessions } = this.#store;
    if (epoch !== undefined || opens) {
      if (deletion) return { state: "user_being_deleted" };
      if (epoch !== undefined && !sessions.has(sessionId, epoch)) return { state: "gone" };
    }
    const listed = epoch === undefined && opens ? this.#store.open(sessionId) : epoch;
    const memory = this.#store.memory(question, { vector, nearestTo: this.#embeddings.nearestTo(vector) });
    return { state: "known", memory, epoch: listed };
  }

  /** Returns the messages of all sessions, and the facts, that match a text best, best first. */
  async search(
    text: string,
    limit: number,
    timeZone: string | undefined,
    embedding: EmbeddingOptions | undefined,
  ): Promise<Matches> {
    const vector = await this.#vectors.ofText(text, embedding);
    const { facts, messages } = this.#store;
    const asked = { timeZone, vector, nearestTo: this.#embeddings.nearestTo(vector) };
    return {
      messages: messages.search(text, limit, asked),
      facts: nearestFacts(facts.rows, text, asked).slice(0, limit),
    };
  }

  /** Returns facts, newest first, or those that match a text, best first. @param ended whether ended facts follow */
  async facts(
    text: string | undefined,
    ended: boolean,
    embedding: EmbeddingOptions | undefined,
  ): Promise<FactVersion[]> {
    const vector = text === undefined ? null : await this.#vectors.ofText(text, embedding);
    return listFacts(this.#store.facts.rows, text, ended, { vector });
  }
}
