import { WorkerEntrypoint } from "cloudflare:workers";
import { type AiBinding, type AiInputs, type AiOptions, signalOf } from "../binding";
import { returnedError } from "../errors";

/**
 * Forwards calls to Workers AI and returns its streams unchanged. Under `wrangler dev` the remote binding works in an
 * entrypoint, but fails inside a Durable Object. Deployed objects use the binding directly.
 */
export class WorkersAI extends WorkerEntrypoint<{ WORKERS_AI: AiBinding }> {
  async run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown> {
    const { cancelled: _, ...rest } = options ?? {};
    try {
      return await this.env.WORKERS_AI.run(model, inputs, { ...rest, signal: signalOf(options) });
    } catch (error) {
      return returnedError(error);
    }
  }
}
