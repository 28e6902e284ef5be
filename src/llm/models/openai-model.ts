import { WorkerEntrypoint } from "cloudflare:workers";
import type { Env } from "../../env";
import { settingsOf } from "../../settings";
import { type AiInputs, type AiOptions, type ChatInputs, type EmbeddingInputs, signalOf } from "../binding";
import { returnedError, UNPARSABLE, UNREACHABLE } from "../errors";
import { fieldsOf } from "../json";

/** The codes of Workers AI for HTTP statuses of an OpenAI-compatible server. */
const CODES: Record<number, number> = { 401: 5018, 403: 5018, 404: 5007, 408: 3046, 413: 5021, 429: 3040 };
const TOO_LONG = /context.{0,9}(?:length|size|window)|too long|maximum .{0,99}tokens/i;
/** Maximum characters to read of an error. */
const READ = 2_000;

/**
 * Replaces the AI binding with an OpenAI-compatible server such as Ollama, llama.cpp or vLLM. It accepts the inputs of
 * Workers AI and returns errors with its codes, so that all other code is the same for both.
 */
export class OpenAIModel extends WorkerEntrypoint<Env> {
  async run(model: string, inputs: AiInputs, options?: AiOptions): Promise<unknown> {
    try {
      return "text" in inputs ? await this.#embed(model, inputs, options) : await this.#chat(model, inputs, options);
    } catch (error) {
      return returnedError(error);
    }
  }

  async #embed(model: string, { text }: EmbeddingInputs, options: AiOptions | undefined): Promise<unknown> {
    const { data } = fieldsOf(await jsonOf(await this.#post("embeddings", { model, input: text }, options)));
    return { data: Array.isArray(data) ? data.map((entry) => fieldsOf(entry).embedding) : null };
  }

  async #chat(model: string, inputs: ChatInputs, options: AiOptions | undefined): Promise<unknown> {
    const { response_format: format } = inputs;
    const body = {
      model,
      ...inputs,
      ...(inputs.stream && { stream_options: { include_usage: true } }),
      ...(format?.type === "json_schema" && {
        response_format: { type: format.type, json_schema: { name: "answer", schema: format.json_schema } },
      }),
    };
    const response = await this.#post("chat/completions", body, options);
    return inputs.stream ? response.body : jsonOf(response);
  }

  /** @throws an error whose message begins with a code */
  async #post(path: string, body: object, options: AiOptions | undefined): Promise<Response> {
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
    }).catch(() => {
      throw new Error(UNREACHABLE);
    });
    if (response.ok) return response;
    const { status } = response;
    const text = await beginningOf(response);
    const code = status === 400 && TOO_LONG.test(text) ? 5021 : (CODES[status] ?? status);
    throw new Error(`${code}: HTTP ${status} ${text}`);
  }
}

/** Reads the beginning of an error's text. */
async function beginningOf({ body }: Response): Promise<string> {
  let text = "";
  if (!body) return text;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length >= READ) break;
  }
  return text.slice(0, READ);
}

/** Parses a response. Replaces the runtime's error, because its message quotes the unreadable text. */
const jsonOf = (response: Response): Promise<unknown> =>
  response.json().catch(() => {
    throw new Error(UNPARSABLE);
  });
