/** What a streamed token is measured against: the model's stream, passed on as it is. */
import { DurableObject } from "cloudflare:workers";

export default {
  async fetch(request, env) {
    const { question } = await request.json();
    const messages = [{ role: "user", content: question }];
    const inputs = { messages, max_tokens: 1024, stream: true };
    const stream = await env.AI.run("@cf/meta/llama-3.1-8b-instruct-fast", inputs);
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  },
};

export class ChatDO extends DurableObject {}
export class LegacyDO extends DurableObject {}
