/** The size of the batches that an encoder gets: halved when a call fails or is slow, doubled after quick calls. */

/** The most texts of one call. */
const MOST_TEXTS = 100;
/** The most quick calls before a batch grows. */
const MOST_CALM = 64;

/** Stored with the plan of an encoder: objects restart often, and a slow encoder would fail again for each larger size. */
export interface BatchSize {
  texts: number;
  /**
   * The number of quick calls after which the batch grows. Doubled by each failure and halved by each growth, because an
   * encoder that accepts 32 texts would otherwise fail in every second call.
   */
  calm: number;
}

export const LARGEST: BatchSize = { texts: MOST_TEXTS, calm: 1 };

/** @param texts the number of texts of the call, at least two */
export const halved = ({ calm }: BatchSize, texts: number): BatchSize => ({
  texts: Math.floor(texts / 2),
  calm: Math.min(MOST_CALM, 2 * calm),
});

export const doubled = ({ texts, calm }: BatchSize): BatchSize => ({
  texts: Math.min(MOST_TEXTS, 2 * texts),
  calm: Math.max(1, calm / 2),
});
