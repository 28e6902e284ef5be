import { WorkerEntrypoint } from "cloudflare:workers";
import type { Env } from "../../env";
import { settingsOf } from "../../settings";
import { type AiInputs, type AiOptions, signalOf } from "../binding";
import { UNREACHABLE } from "../errors";
import { textsOf } from "../inputs";
import { withoutSent } from "../log-cause";

/** HTTP statuses of an OpenAI-compatible server as the codes that Workers AI would use for the same. */
const codes: Record<number, number> = { 401: 5018, 403: 5018, 404: 5007, 408: 3046, 429: 3040 };

/**
 * Stands in for the AI binding over any OpenAI-compatible server: Ollama, llama.cpp, vLLM. It takes what Workers AI
 * takes, and its errors are told as Workers AI tells them, so that nothing behind the binding needs to know.
 */
export class OpenAIModel extends WorkerEntrypoint<Env> {
  async run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown> {
    if ("text" in inputs) {
      const response = await this.#post("embeddings", { model, input: inputs.text }, inputs.text, options);
      const { data }: { data: { embedding: number[] }[] } = await jsonOf(response);
      return { data: data.map(({ embedding }) => embedding) };
    }
    const { response_format: format } = inputs;
    const body = {
      model,
      ...inputs,
      ...(inputs.stream && { stream_options: { include_usage: true } }),
      ...(format?.type === "json_schema" && {
        response_format: { type: format.type, json_schema: { name: "answer", schema: format.json_schema } },
      }),
    };
    const response = await this.#post("chat/completions", body, textsOf(inputs), options);
    return inputs.stream ? response.body : jsonOf(response);
  }

  /** @param sent the texts in the body, which no error repeats */
  async #post(path: string, body: object, sent: string[], options: AiOptions | undefined): Promise<Response> {
    const { OPENAI_BASE_URL, OPENAI_API_KEY } = settingsOf(this.env);
    const url = `${OPENAI_BASE_URL.replace(/\/+$/, "")}/${path}`;
    const response = await fetch(url, {
      method: "POST",
      signal: signalOf(options),
      headers: {
        "content-type": "application/json",
        ...(OPENAI_API_KEY && { authorization: `Bearer ${OPENAI_API_KEY}` }),
      },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw new Error(`${UNREACHABLE}no answer from ${url}. Is the model server running? (${String(cause)})`);
    });
    if (response.ok) return response;
    const text = withoutSent((await response.text()).slice(0, 2_000), [...sent, OPENAI_API_KEY]);
    const tooLong = response.status === 400 && /context|too long|maximum .*tokens/i.test(text);
    throw new Error(`${tooLong ? 5021 : (codes[response.status] ?? response.status)}: ${text}`);
  }
}

/** The runtime's own message would repeat what could not be read. */
function jsonOf<T>(response: Response): Promise<T> {
  return response.json<T>().catch(() => {
    throw new Error("unparsable JSON");
  });
}
