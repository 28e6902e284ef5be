/** What Llamory is measured against: an agent as the first version was, that rewrites its last 40 messages as one value. */
import { DurableObject } from "cloudflare:workers";

const SYSTEM = "You are a helpful assistant.";

export default {
  async fetch(request, env) {
    const { sessionId, question } = await request.json();
    const memory = env.CHAT_DO.getByName(sessionId);
    const history = await memory.history();
    const asked = { role: "user", content: question };
    const messages = [{ role: "system", content: SYSTEM }, ...history, asked];
    const { response } = await env.AI.run("@cf/meta/llama-3.1-8b-instruct-fast", { messages, max_tokens: 1024 });
    await memory.append([asked, { role: "assistant", content: response }]);
    return Response.json({ answer: response, sessionId });
  },
};

export class ChatDO extends DurableObject {
  async history() {
    return (await this.ctx.storage.get("history")) ?? [];
  }

  async append(messages) {
    const history = [...(await this.history()), ...messages].slice(-40);
    await this.ctx.storage.put("history", history);
  }
}

export class LegacyDO extends DurableObject {}
