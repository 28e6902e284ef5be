import { WorkerEntrypoint } from "cloudflare:workers";
import { type Env, settingsOf } from "../../env";
import { type AiInputs, type AiOptions, signalOf } from "../binding";
import { UNREACHABLE } from "../errors";
import { withoutSent } from "../redact";

/** HTTP statuses of an OpenAI-compatible server as the codes that Workers AI would use for the same. */
const codes: Record<number, number> = { 401: 5018, 403: 5018, 404: 5007, 408: 3046, 429: 3040 };

/**
 * Stands in for the AI binding over any OpenAI-compatible server: Ollama, llama.cpp, vLLM. It takes what Workers AI
 * takes, and its errors are told as Workers AI tells them, so that nothing behind the binding needs to know.
 */
export class OpenAIModel extends WorkerEntrypoint<Env> {
  async run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown> {
    const { OPENAI_BASE_URL, OPENAI_API_KEY } = settingsOf(this.env);
    const url = `${OPENAI_BASE_URL.replace(/\/+$/, "")}/chat/completions`;
    const response = await fetch(url, {
      method: "POST",
      signal: signalOf(options),
      headers: {
        "content-type": "application/json",
        ...(OPENAI_API_KEY && { authorization: `Bearer ${OPENAI_API_KEY}` }),
      },
      body: JSON.stringify({ model, ...inputs, ...(inputs.stream && { stream_options: { include_usage: true } }) }),
    }).catch((cause: unknown) => {
      throw new Error(`${UNREACHABLE}no answer from ${url}. Is the model server running? (${String(cause)})`);
    });
    if (!response.ok) {
      const sent = [...inputs.messages.map(({ content }) => content), OPENAI_API_KEY];
      const text = withoutSent((await response.text()).slice(0, 2_000), sent);
      const tooLong = response.status === 400 && /context|too long|maximum .*tokens/i.test(text);
      throw new Error(`${tooLong ? 5021 : (codes[response.status] ?? response.status)}: ${text}`);
    }
    if (inputs.stream) return response.body;
    // The runtime's own message would repeat what could not be read.
    return response.json().catch(() => {
      throw new Error("unparsable JSON");
    });
  }
}
