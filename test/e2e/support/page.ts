/** The page in a real browser, and the model that it talks with. */
import type { ServerResponse } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { type Received, serve } from "./http";

const WORD_MS = 25;

const HOSTILE = [
  "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
  "[a link](javascript:window.hacked=3) and [another](https://example.com/) and ![picture](https://example.com/x.png)",
  "<a href='javascript:window.hacked=4'>click</a><iframe srcdoc='<script>parent.hacked=5</script>'></iframe>",
  '<svg onload="window.hacked=6"></svg> `code <b>` &lt;i&gt; **bold** <style>body{display:none}</style>',
].join("\n\n");

/** What the model says to a question. */
function answerTo(question: string, prompt: string): string[] {
  if (question.includes("slowly")) return Array.from({ length: 200 }, (_, at) => `word${at} `);
  if (question.includes("a moment")) return Array.from({ length: 30 }, (_, at) => `moment${at} `);
  if (question.includes("hostile")) return [HOSTILE];
  if (question.includes("one long line")) return ["x".repeat(200_000)];
  const password = /password of the cellar is (\w+)/.exec(prompt)?.[1];
  return [password && question.includes("password") ? `It is ${password}.` : `You said: ${question}`];
}

/** A server that speaks the OpenAI API, and streams a word at a time. */
export const wordyModel = () =>
  serve(({ body }: Received, response: ServerResponse) => {
    const { messages, stream } = body as { messages: { content: string }[]; stream?: boolean };
    const words = answerTo(messages.at(-1)?.content ?? "", messages.map(({ content }) => content).join("\n"));
    if (!stream) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ choices: [{ message: { content: words.join("") }, finish_reason: "stop" }] }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = () => {
      const content = words.shift();
      if (content === undefined)
        return response.end('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
      setTimeout(say, WORD_MS);
    };
    say();
  });

/** The page as somebody uses it; whatever it does, it throws nothing and breaks no policy. */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #wrong: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.#wrong.push(String(error.stack)));
    page.on("console", (message) => {
      // That a server is away, or refuses, the browser says by itself.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
        this.#wrong.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    url: string,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1_200, height: 800 }, ...options });
    const visitor = new Visitor(context, await context.newPage());
    await visitor.page.goto(url);
    await visitor.page.waitForSelector("#question");
    return visitor;
  }

  async ask(question: string): Promise<void> {
    await this.page.fill("#question", question);
    await this.page.press("#question", "Enter");
  }

  /** Waits until a text is in the conversation. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.locator(".transcript").getByText(text).first().waitFor();
  }

  /** Waits until a text is in the conversation as the server remembers it. */
  async hasRead(text: string | RegExp): Promise<void> {
    await this.page.locator(".transcript article[id]").getByText(text).first().waitFor();
  }

  get session(): string {
    return decodeURIComponent(new URL(this.page.url()).hash.split("/")[1] ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    expect(this.#wrong).toEqual([]);
  }
}
