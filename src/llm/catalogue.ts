/** The catalogue of Llamas on Workers AI, as of November 2026. */

/** Context windows in tokens, prompt and reply together; from the model pages of Workers AI. */
const windows: Record<string, number> = {
  "@cf/meta/llama-3.1-8b-instruct-fast": 128_000,
  "@cf/meta/llama-3.1-8b-instruct-fp8": 32_000,
  "@cf/meta/llama-3.2-1b-instruct": 60_000,
  "@cf/meta/llama-3.2-3b-instruct": 60_000,
  "@cf/meta/llama-3.3-70b-instruct-fp8-fast": 24_000,
  "@cf/meta/llama-4-scout-17b-16e-instruct": 131_000,
  // The stand-in reads anything; a Llama's window keeps its prompts like theirs.
  "llamory-offline": 128_000,
};

/** The window of a model; undefined where the catalogue does not know it. */
export const windowOf = (model: string): number | undefined => windows[model];
