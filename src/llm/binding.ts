/** The part of `env.AI` that this project uses. The binding is Workers AI or one of its replacements. */
import type { Role } from "../turn/types";

/** A message that Workers AI and OpenAI both accept. Workers AI rejects `null` as content. */
export interface ModelMessage {
  role: Role;
  content: string;
  tool_calls?: { id: string; type: "function"; function: { name: string; arguments: string } }[] | undefined;
  tool_call_id?: string | undefined;
  /** The name of the function that returned this result. */
  name?: string | undefined;
}

export interface ModelTool {
  type: "function";
  /** Workers AI requires all three fields. */
  function: { name: string; description: string; parameters: object };
}

/** The form of Workers AI. `OpenAIModel` converts it to OpenAI's. */
export type ResponseFormat = { type: "json_object" } | { type: "json_schema"; json_schema: object };

export interface ChatInputs {
  messages: ModelMessage[];
  /** Always sent, because Workers AI's default is only 256. */
  max_tokens: number;
  temperature?: number | undefined;
  top_p?: number | undefined;
  seed?: number | undefined;
  frequency_penalty?: number | undefined;
  presence_penalty?: number | undefined;
  stop?: string[] | undefined;
  stream?: boolean | undefined;
  tools?: ModelTool[];
  tool_choice?: "auto" | "required";
  response_format?: ResponseFormat | undefined;
  reasoning_effort?: string | undefined;
}

/** The texts to embed. The reply is `{ data: number[][] }`. */
export interface EmbeddingInputs {
  text: string[];
}

export type AiInputs = ChatInputs | EmbeddingInputs;

export interface AiOptions {
  /** Cancels the call. Entrypoints get `cancelled` instead. */
  signal?: AbortSignal;
  /** Resolves when the call is cancelled or has ended. */
  cancelled?: () => Promise<void>;
  extraHeaders?: Record<string, string>;
  /** Makes a busy model fail at once instead of queueing the call: https://developers.cloudflare.com/workers-ai/ */
  rejectIfBusy?: boolean;
  /** The AI Gateway that forwards the call. */
  gateway?: { id: string };
}

export interface AiBinding {
  /** @throws an error whose message starts with `<code>: `, see errors.ts */
  run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown>;
}

/**
 * Returns the options of a call that can be cancelled. RPC to an entrypoint cannot carry an AbortSignal.
 * @param released resolves when the call is aborted or has ended
 * @param gateway the id of an AI Gateway; empty for none
 */
export function callOptions(ai: AiBinding, signal: AbortSignal, released: Promise<void>, gateway: string): AiOptions {
  const isEntrypoint = Object.prototype.toString.call(ai) === "[object Fetcher]";
  return {
    ...(isEntrypoint ? { cancelled: () => released } : { signal }),
    ...(gateway && { gateway: { id: gateway } }),
  };
}

/** Returns the abort signal for a call that an entrypoint received. */
export function signalOf({ cancelled }: AiOptions = {}): AbortSignal {
  const controller = new AbortController();
  // The promise rejects if the caller disconnects, which cancels too.
  const abort = () => controller.abort();
  cancelled?.().then(abort, abort);
  return controller.signal;
}
