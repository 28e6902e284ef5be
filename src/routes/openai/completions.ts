/** The OpenAI surface: models and chat completions. Stateless unless the request names a session. */
import { type Context, Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../../env";
import { priceOf, windowOf } from "../../llm/catalogue";
import { respondOpenAI } from "../../middleware/respond";
import { valid } from "../../middleware/validation";
import {
  chatRequest,
  type chatResponse,
  modelParam,
  type modelResponse,
  type modelsResponse,
} from "../../schema/openai-schema";
import { settingsOf } from "../../settings";
import { type ChatForm, chatCompletion } from "../../wire/chat-chunks";
import { chatFields, wantedOf } from "./functions";
import { answered, askConversation, conversationOf, questionOf, sessionIdOf, userIdOf } from "./request";

/** The models that may answer. */
function modelsOf(c: Context<AppEnv>): z.input<typeof modelResponse>[] {
  const { MODEL, TOOL_MODEL, FALLBACK_MODEL } = settingsOf(c.env);
  return [...new Set([MODEL, TOOL_MODEL, FALLBACK_MODEL])].filter(Boolean).map((id) => ({
    ...{ id, object: "model" as const, created: 0, owned_by: "llamory" },
    context_window: windowOf(id) ?? null,
    pricing: priceOf(id) ?? null,
  }));
}

export const completions = new Hono<AppEnv>()
  /** `GET /v1/models`: the models that may answer. */
  .get("/v1/models", (c) => {
    const body: z.input<typeof modelsResponse> = { object: "list", data: modelsOf(c) };
    return c.json(body, 200);
  })
  /** `GET /v1/models/:model`: one of them; its slashes may be escaped or not. */
  .get("/v1/models/:model{.+}", valid("param", modelParam), (c) => {
    const { model } = c.req.valid("param");
    const found = modelsOf(c).find(({ id }) => id === model);
    return found ? c.json(found, 200) : respondOpenAI(c, { reason: "model_not_found" });
  })
  /** `POST /v1/chat/completions` */
  .post("/v1/chat/completions", valid("json", chatRequest), async (c) => {
    const request = c.req.valid("json");
    const conversation = conversationOf(request.messages, "messages");
    const created = Math.floor(Date.now() / 1000);
    const form: ChatForm = { name: "chat", created, includeUsage: request.stream_options?.include_usage ?? false };
    const reply = await askConversation(c, sessionIdOf(c, request.metadata).named, {
      ask: questionOf(c, conversation, {
        ...request,
        wanted: wantedOf(
          c,
          {
            tools: request.tools?.map((tool) => tool.function),
            choice: request.tool_choice,
            parallel: request.parallel_tool_calls,
            format: request.response_format,
          },
          chatFields,
        ),
        maxTokens: request.max_completion_tokens ?? request.max_tokens,
      }),
      before: conversation.before,
      results: conversation.results,
      form: request.stream ? form : undefined,
      userId: userIdOf(c, request.metadata),
    });
    return answered(c, reply, form, ({ turnId, turn }) => {
      const body: z.input<typeof chatResponse> = chatCompletion(turnId, created, turn);
      return c.json(body, 200);
    });
  });
