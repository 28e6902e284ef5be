import { WorkerEntrypoint } from "cloudflare:workers";
import type { Env } from "../../env";
import { settingsOf } from "../../settings";
import { type AiInputs, type AiOptions, type ChatInputs, type EmbeddingInputs, signalOf } from "../binding";
import { returnedError, UNPARSABLE, UNREACHABLE } from "../errors";
import { fieldsOf, parsed } from "../json";

/** The codes of Workers AI for HTTP statuses of an OpenAI-compatible server. */
const CODES: Record<number, number> = {
  401: 5018,
  402: 5018,
  403: 5018,
  404: 5007,
  408: 3046,
  413: 5021,
  429: 3040,
};
const TOO_LONG = /context.{0,9}(?:length|size|window)|too long|maximum .{0,99}tokens|\bn_ctx\b/i;
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
    if (inputs.stream && response.body) return withoutError(response.body);
    const reply = await jsonOf(response);
    refuseError(reply);
    return reply;
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
    throw errorOf(response.status, await beginningOf(response));
  }
}

/** Returns an error whose message begins with a code. */
function errorOf(status: number, text: string): Error {
  const code = status === 400 && TOO_LONG.test(text) ? 5021 : (CODES[status] ?? status);
  return new Error(`${code}: HTTP ${status} ${text}`);
}

/**
 * Throws the error in a reply with status 200, if its code or its text says which one it is: OpenRouter and LM Studio
 * send such replies. The code that reads replies would only see that there is an error.
 */
function refuseError(reply: unknown): void {
  const { error, code } = fieldsOf(reply);
  if (!error) return;
  const text = JSON.stringify(error).slice(0, READ);
  const status = fieldsOf(error).code ?? code;
  if (typeof status === "number" && status >= 400) throw errorOf(status, text);
  if (TOO_LONG.test(text)) throw errorOf(400, text);
}

/** Returns a stream, unless its first chunk is an error. A stream that has begun cannot be repeated. */
async function withoutError(body: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const [first, rest] = body.tee();
  const reader = first.getReader();
  const { value } = await reader.read();
  const [, json = ""] = /^(?:data: ?)?(\{.*)$/m.exec(new TextDecoder().decode(value)) ?? [];
  // Not awaited: a cancellation ends when the other branch has ended, too.
  void reader.cancel().catch(() => {});
  try {
    refuseError(parsed(json));
  } catch (error) {
    void rest.cancel().catch(() => {});
    throw error;
  }
  return rest;
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
