/** Lists the Llamas on Workers AI, as of November 2026. */
import type { PromptInput } from "../turn/types";

interface Llama {
  /** Maximum tokens of prompt and reply together, from the model's page. */
  window: number;
  /** True if the model's page lists function calling. */
  tools: boolean;
  /**
   * True if requests try JSON mode: https://developers.cloudflare.com/workers-ai/features/json-mode/
   * Cloudflare removed the default model from that list in 2026. If a model rejects JSON mode, the prompt asks for JSON
   * in words (`lacks.ts`).
   */
  json: boolean;
  /** List price per million tokens, in US dollars: https://developers.cloudflare.com/workers-ai/platform/pricing/ */
  price?: Price;
}

export interface Price {
  prompt: number;
  completion: number;
  /** True if Cloudflare publishes no price for this model: the price is that of its nearest variant. */
  assumed?: true;
}

// biome-ignore format: a table reads best as one
const llamas: Record<string, Llama> = {
  "@cf/meta/llama-3.1-8b-instruct-fast": { window: 128_000, tools: false, json: true, price: { prompt: 0.045, completion: 0.384, assumed: true } },
  "@cf/meta/llama-3.1-8b-instruct-fp8": { window: 32_000, tools: false, json: false, price: { prompt: 0.152, completion: 0.287 } },
  "@cf/meta/llama-3.2-1b-instruct": { window: 60_000, tools: false, json: false, price: { prompt: 0.027, completion: 0.201 } },
  "@cf/meta/llama-3.2-3b-instruct": { window: 60_000, tools: false, json: false, price: { prompt: 0.051, completion: 0.335 } },
  "@cf/meta/llama-3.3-70b-instruct-fp8-fast": { window: 24_000, tools: true, json: true, price: { prompt: 0.29, completion: 2.25 } },
  "@cf/meta/llama-4-scout-17b-16e-instruct": { window: 131_000, tools: true, json: false, price: { prompt: 0.27, completion: 0.85 } },
  // The stand-in has no limit of its own; with a Llama's window its prompts resemble those of a Llama.
  "llamory-offline": { window: 128_000, tools: true, json: true },
};

/** Returns the window of a model; undefined if the catalogue does not list it. */
export const windowOf = (model: string): number | undefined => llamas[model]?.window;

/** Returns the list price per million tokens; undefined if the catalogue has none. */
export const priceOf = (model: string): Price | undefined => llamas[model]?.price;

/** The fields of an ask that require abilities of its model. */
export type Wanted = Pick<PromptInput, "tools" | "format">;

/** Returns whether a model has the required abilities. A model outside the catalogue is assumed to have all. */
export function can(model: string, wanted: Wanted): boolean {
  const { tools, json } = llamas[model] ?? { tools: true, json: true };
  return (tools || !wanted.tools) && (json || !wanted.format);
}
