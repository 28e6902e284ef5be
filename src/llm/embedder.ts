/** Embeds texts with a model of the AI binding. */
import { log } from "../log";
import { withTimeout } from "../timeout";
import { type AiBinding, callOptions } from "./binding";
import { errorIn, messageOf } from "./errors";
import { fieldsOf } from "./json";
import { causeOf } from "./log-cause";

/** The settings of embedding calls. */
export interface EmbeddingOptions {
  model: string;
  /** Maximum milliseconds that an ask waits for its question's vector. */
  timeoutMs: number;
  /** The id of an AI Gateway; empty for none. */
  gateway: string;
  /** The name of the Durable Object that counts the tokens; absent without a quota. */
  meter?: string | undefined;
}

/** Returns one vector per text, all of the same length; null if the reply contains anything else. */
function vectorsIn(reply: unknown, count: number): number[][] | null {
  const { data } = fieldsOf(reply);
  const vectors: unknown[] = Array.isArray(data) ? data : [];
  const length = Array.isArray(vectors[0]) ? vectors[0].length : 0;
  const isVector = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length === length && value.every((one) => Number.isFinite(one));
  return vectors.length === count && length > 0 && vectors.every(isVector) ? vectors : null;
}

/** Returns one vector per text, in order; null if the model fails or exceeds `timeoutMs`. */
export async function embed(
  ai: AiBinding,
  texts: string[],
  { model, timeoutMs, gateway }: EmbeddingOptions,
): Promise<number[][] | null> {
  try {
    const reply = await withTimeout(timeoutMs, (signal, over) =>
      ai.run(model, { text: texts }, callOptions(ai, signal, over, gateway)),
    );
    const vectors = vectorsIn(reply, texts.length);
    if (!vectors) log("warn", "embedding_failed", { model, cause: errorIn(reply) ?? "no vectors" });
    return vectors;
  } catch (error) {
    log("warn", "embedding_failed", { model, cause: causeOf(messageOf(error)) });
    return null;
  }
}
