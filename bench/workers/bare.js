/**
 * A baseline of the same design without features: an ask is one RPC to an object, which reads the last messages, calls
 * the model, and stores both messages and their full-text rows in one transaction.
 */
import { DurableObject } from "cloudflare:workers";

const SYSTEM = "You are a helpful assistant.";

export default {
  async fetch(request, env) {
    const { sessionId, question } = await request.json();
    return Response.json(await env.CHAT_DO.getByName(sessionId).ask(sessionId, question));
  },
};

export class ChatDO extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, role TEXT, content TEXT, created_at INTEGER);
      CREATE VIRTUAL TABLE IF NOT EXISTS messages_fts USING fts5 (content, content = '', contentless_delete = 1);`);
  }

  async ask(sessionId, question) {
    const { sql } = this.ctx.storage;
    const history = sql.exec("SELECT role, content FROM messages ORDER BY seq DESC LIMIT 40").toArray().reverse();
    const asked = { role: "user", content: question };
    const messages = [{ role: "system", content: SYSTEM }, ...history, asked];
    const { response } = await this.env.AI.run("@cf/meta/llama-3.1-8b-instruct-fast", { messages, max_tokens: 1024 });
    this.ctx.storage.transactionSync(() => {
      for (const { role, content } of [asked, { role: "assistant", content: response }]) {
        const insert = "INSERT INTO messages (role, content, created_at) VALUES (?, ?, ?) RETURNING seq";
        const { seq } = sql.exec(insert, role, content, Date.now()).one();
        sql.exec("INSERT INTO messages_fts (rowid, content) VALUES (?, ?)", seq, content);
      }
    });
    return { answer: response, sessionId };
  }
}

export class LegacyDO extends DurableObject {}
export class TenantDO extends DurableObject {}
export class UserDO extends DurableObject {}
