import type { Embeddings } from "../memory/embeddings";
import type { EncoderOptions } from "../memory/encoder-plan";
import type { UserStore } from "./user-store";

/** Milliseconds that the encoder has for the vectors of facts. */
const FACTS_MS = 30_000;

/** Creates the next vectors of messages and, if the encoder works, of facts. */
export async function createVectors(store: UserStore, embeddings: Embeddings, encoder: EncoderOptions): Promise<void> {
  await embeddings.catchUp(encoder);
  const { rows } = store.facts;
  const missing = store.vectors.planned?.failures ? [] : rows.vectors.missing(encoder.model, rows.texts());
  if (missing.length === 0) return;
  const texts = missing.map(({ text }) => text);
  const made = await embeddings.embed(texts, { ...encoder, timeoutMs: FACTS_MS });
  store.transaction(() => {
    for (const [at, { number, text }] of missing.entries()) {
      const vector = made?.[at];
      // The fact may have changed or been deleted meanwhile.
      if (vector && rows.at(number)?.text === text) rows.vectors.put(number, encoder.model, vector);
    }
  });
}
