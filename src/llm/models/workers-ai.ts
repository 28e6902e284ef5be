import { WorkerEntrypoint } from "cloudflare:workers";
import { type AiBinding, type AiInputs, type AiOptions, signalOf } from "../binding";
import { returnedError } from "../errors";

/**
 * Passes calls and their streams on to Workers AI, untouched: under `wrangler dev` the remote binding fails inside a
 * Durable Object, and a Worker's entrypoint does not. A deployed object uses the binding itself.
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
