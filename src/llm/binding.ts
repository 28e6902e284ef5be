/** What this project uses of `env.AI`: Workers AI, or what stands in for it. */
import type { Role } from "../turn/types";

/** A message as Workers AI and OpenAI both take it; Workers AI refuses content that is null. */
export interface ModelMessage {
  role: Role;
  content: string;
  tool_calls?: { id: string; type: "function"; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
  /** Of the function whose result this is. */
  name?: string;
}

export interface ModelTool {
  type: "function";
  /** Workers AI wants all of them. */
  function: { name: string; description: string; parameters: object };
}

/** As Workers AI has it; `OpenAIModel` makes OpenAI's of it. */
export type ResponseFormat = { type: "json_object" } | { type: "json_schema"; json_schema: object };

export interface ChatInputs {
  messages: ModelMessage[];
  /** Always sent: Workers AI's own default is 256. */
  max_tokens: number;
  temperature?: number;
  top_p?: number;
  seed?: number;
  frequency_penalty?: number;
  presence_penalty?: number;
  stop?: string[];
  stream?: boolean;
  tools?: ModelTool[];
  tool_choice?: "auto" | "required";
  response_format?: ResponseFormat;
  reasoning_effort?: string;
}

/** Texts to be made vectors of: the reply is `{ data: number[][] }`. */
export interface EmbeddingInputs {
  text: string[];
}

export type AiInputs = ChatInputs | EmbeddingInputs;

export interface AiOptions {
  /** Cancels the call; `cancelled` in its place where the binding is an entrypoint. */
  signal?: AbortSignal;
  /** Resolves when the call is cancelled, or over. */
  cancelled?: () => Promise<void>;
  extraHeaders?: Record<string, string>;
  /** Fails at once while the model is busy, instead of waiting: https://developers.cloudflare.com/workers-ai/ */
  rejectIfBusy?: boolean;
  /** The AI Gateway that the call goes through. */
  gateway?: { id: string };
}

export interface AiBinding {
  /** @throws an error whose message starts with `<code>: `, see errors.ts */
  run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown>;
}

/**
 * How a call of a binding can be cancelled: RPC, by which an entrypoint is called, carries no AbortSignal.
 * @param released resolves when the call is aborted, or over
 */
export function cancelOptions(ai: AiBinding, signal: AbortSignal, released: Promise<void>): AiOptions {
  const isEntrypoint = Object.prototype.toString.call(ai) === "[object Fetcher]";
  return isEntrypoint ? { cancelled: () => released } : { signal };
}

/** The signal of a call that an entrypoint got. */
export function signalOf({ cancelled }: AiOptions = {}): AbortSignal {
  const controller = new AbortController();
  // A caller that is gone cancels too.
  const abort = () => controller.abort();
  cancelled?.().then(abort, abort);
  return controller.signal;
}
