/** The catalogue of Llamas on Workers AI, as of November 2026. */
import type { PromptInput } from "../turn/types";

interface Llama {
  /** Prompt and reply together, in tokens; from the model's page. */
  window: number;
  /** Whether its page says that it calls functions. */
  tools: boolean;
  /**
   * Whether JSON mode is tried: https://developers.cloudflare.com/workers-ai/features/json-mode/
   * The default left that list in 2026. If it answers that it has none, it is asked in words (`lacks.ts`).
   */
  json: boolean;
  /** List price of a million tokens, in US dollars: https://developers.cloudflare.com/workers-ai/platform/pricing/ */
  price?: Price;
}

export interface Price {
  prompt: number;
  completion: number;
  /** Present if Cloudflare publishes no price of this model: it is the price of its nearest variant. */
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
  // The stand-in reads anything; a Llama's window keeps its prompts like theirs.
  "llamory-offline": { window: 128_000, tools: true, json: true },
};

/** The window of a model; undefined where the catalogue does not know it. */
export const windowOf = (model: string): number | undefined => llamas[model]?.window;

/** What a million tokens cost at list price; undefined where the catalogue does not know it. */
export const priceOf = (model: string): Price | undefined => llamas[model]?.price;

/** What an ask wants of its model beyond words. */
export type Wanted = Pick<PromptInput, "tools" | "format">;

/** Which abilities of a model that takes. */
interface Needs {
  tools: boolean;
  json: boolean;
}

export const needsOf = ({ tools, format }: Wanted): Needs => ({
  tools: tools !== undefined,
  json: format !== undefined,
});

/** Whether a model can do what a request needs; one that the catalogue does not know is taken at its operator's word. */
export function can(model: string, needs: Needs): boolean {
  const { tools, json } = llamas[model] ?? { tools: true, json: true };
  return (tools || !needs.tools) && (json || !needs.json);
}
