/** The OpenAI surface: models and chat completions. Stateless unless the request names a session. */
import { Hono } from "hono";
import type * as z from "zod";
import { type AppEnv, settingsOf } from "../../env";
import { respondOpenAI } from "../../middleware/respond";
import { valid } from "../../middleware/validation";
import { type ChatForm, chatCompletion } from "../../wire/chat-chunks";
import { eventStream } from "../event-stream";
import { askConversation, conversationOf, questionOf, sessionIdOf } from "./request";
import { chatRequest, type chatResponse, type modelsResponse } from "./shapes";

export const completions = new Hono<AppEnv>()
  /** `GET /v1/models`: the models that may answer. */
  .get("/v1/models", (c) => {
    const { MODEL, FALLBACK_MODEL } = settingsOf(c.env);
    const body: z.input<typeof modelsResponse> = {
      object: "list",
      data: [MODEL, FALLBACK_MODEL]
        .filter(Boolean)
        .map((id) => ({ id, object: "model" as const, created: 0, owned_by: "llamory" })),
    };
    return c.json(body, 200);
  })
  /** `POST /v1/chat/completions` */
  .post("/v1/chat/completions", valid("json", chatRequest), async (c) => {
    const request = c.req.valid("json");
    const conversation = conversationOf(request.messages, "messages");
    const created = Math.floor(Date.now() / 1000);
    const form: ChatForm = { name: "chat", created, includeUsage: request.stream_options?.include_usage ?? false };
    const reply = await askConversation(c, sessionIdOf(c, request.metadata).named, {
      ask: questionOf(c, conversation, {
        maxTokens: request.max_completion_tokens ?? request.max_tokens,
        temperature: request.temperature,
      }),
      before: conversation.before,
      form: request.stream ? form : undefined,
    });
    switch (reply.state) {
      case "failed":
        return respondOpenAI(c, reply.failure);
      case "streaming":
        return eventStream(c, reply, form);
      case "finished": {
        const body: z.input<typeof chatResponse> = chatCompletion(reply.turnId, created, reply.turn);
        return c.json(body, 200);
      }
    }
  });
