/** The page in a real browser, and the model that it uses. */

import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { launch } from "./browser";
import { root } from "./bundle";
import { Dev } from "./dev";
import { post, type Received, serve } from "./http";

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

const WORD_MS = 25;

const HOSTILE = [
  "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
  "[a link](javascript:window.hacked=3) and [another](https://example.com/) and ![picture](https://example.com/x.png)",
  "<a href='javascript:window.hacked=4'>click</a><iframe srcdoc='<script>parent.hacked=5</script>'></iframe>",
  '<svg onload="window.hacked=6"></svg> `code <b>` &lt;i&gt; **bold** <style>body{display:none}</style>',
].join("\n\n");

/** Markdown of 80 KB in 120 pieces, which stream in 3 s. */
const LONG_ANSWER = Array.from({ length: 120 }, (_, at) =>
  [
    `## Chapter ${at}`,
    `The **weather** stayed grey, and [nobody](https://example.com/${at}) minded. `.repeat(6),
    "- one\n- two\n  - three\n- `four`",
    "| a | b |\n| - | -: |\n| 1 | 2 |",
    `\`\`\`js\nconst chapter = ${at}; // why\n\`\`\``,
    "",
  ].join("\n\n"),
);

/** Returns the model's answer to a question. */
function answerTo(question: string, prompt: string): string[] {
  if (question.includes("slowly")) return Array.from({ length: 200 }, (_, at) => `word${at} `);
  if (question.includes("a moment")) return Array.from({ length: 30 }, (_, at) => `moment${at} `);
  if (question.includes("80 KB")) return [...LONG_ANSWER];
  if (question.includes("hostile")) return [HOSTILE];
  if (question.includes("one long line")) return ["x".repeat(200_000)];
  const password = /password of the cellar is (\w+)/.exec(prompt)?.[1];
  return [password && question.includes("password") ? `It is ${password}.` : `You said: ${question}`];
}

/** The model's behaviour for the next requests: it answers, waits until it is released, or refuses with 503. */
class ModelSwitch {
  mode: "answer" | "wait" | "busy" = "answer";
  readonly released = new EventEmitter();

  release(): void {
    this.mode = "answer";
    this.released.emit("released");
  }
}

/** Starts a server that implements the OpenAI API and streams one word at a time. */
const wordyModel = (model: ModelSwitch) =>
  serve(async ({ body }: Received, response: ServerResponse) => {
    if (model.mode === "busy") {
      response.writeHead(503, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: "busy" } }));
      return;
    }
    if (model.mode === "wait") await once(model.released, "released");
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

/** Operates the page like a user. The page must never throw an error or break a policy. */
export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly #wrong: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.#wrong.push(String(error.stack)));
    page.on("console", (message) => {
      // The browser itself logs failed requests, and headers that need https.
      const isOwn = /^(?:Failed to load resource|The Cross-Origin-Opener-Policy header has been ignored)/;
      if (message.type() === "error" && !isOwn.test(message.text())) this.#wrong.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    url: string,
    options: Parameters<Browser["newContext"]>[0] = {},
    ready = "#question",
  ): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1_200, height: 800 }, ...options });
    const visitor = new Visitor(context, await context.newPage());
    await visitor.page.goto(url);
    await visitor.page.waitForSelector(ready);
    return visitor;
  }

  async ask(question: string): Promise<void> {
    await this.page.fill("#question", question);
    await this.page.getByRole("button", { name: "Send", exact: true }).click();
  }

  /** Waits until the conversation shows a text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.locator(".transcript").getByText(text).first().waitFor();
  }

  /** Waits until the conversation that the server stores contains a text. */
  async hasRead(text: string | RegExp): Promise<void> {
    await this.page.locator(".transcript article[id]").getByText(text).first().waitFor();
  }

  /** Opens the menu and chooses an entry. */
  async choose(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "More", exact: true }).click();
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Signs in with a name. */
  async signIn(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.page.getByLabel(/^Your name, so/).fill(name);
    await this.page.getByRole("button", { name: "Continue", exact: true }).click();
    await this.page.getByRole("button", { name, exact: true }).waitFor();
  }

  /** Returns whether a message is within the visible part of the conversation. */
  isInView(message: Locator): Promise<boolean> {
    return message.evaluate((element) => {
      const view = element.closest(".transcript")?.getBoundingClientRect();
      const { top, bottom } = element.getBoundingClientRect();
      return view !== undefined && bottom > view.top && top < view.bottom;
    });
  }

  /** Returns the accessibility violations that axe finds in the current state. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate("axe.run()");
    return (found as { violations: { id: string; nodes: { html: string }[] }[] }).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
    );
  }

  get session(): string {
    return decodeURIComponent(new URL(this.page.url()).hash.split("/")[1] ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    expect(this.#wrong).toEqual([]);
  }
}

interface Message {
  seq: number;
  role: string;
  content: string;
  status: string;
  turnId?: string;
}

/** Starts a server with the wordy model, and a browser, for all tests of a file. */
export function visitedServer(more: Record<string, string> = {}, browserArgs: string[] = []) {
  const modelSwitch = new ModelSwitch();
  let model: Awaited<ReturnType<typeof wordyModel>>;
  let server: Dev;
  let browser: Browser;
  beforeAll(async () => {
    model = await wordyModel(modelSwitch);
    const settings = {
      OPENAI_BASE_URL: `http://${model.address}/v1`,
      EMBEDDING_MODEL: "",
      USER_TIMEOUT_MS: "10000",
      ...more,
    };
    const vars = Object.entries(settings).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
    server = new Dev(undefined, ["--env", "openai", ...vars]);
    [browser] = await Promise.all([launch(browserArgs), server.start()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await model?.[Symbol.asyncDispose]();
  });
  return {
    model: modelSwitch,
    get server() {
      return server;
    },
    open: (path = "/", options = {}, ready = "#question") => Visitor.open(browser, server.url + path, options, ready),
    /** Opens the page under another name of this machine. */
    openAt: (host: string) => Visitor.open(browser, server.url.replace("127.0.0.1", host)),
    async transcript(session: string): Promise<Message[]> {
      const response = await fetch(`${server.url}/sessions/${session}/messages?limit=100`);
      return ((await response.json()) as { data: Message[] }).data.reverse();
    },
    async append(session: string, messages: { role: string; content: string }[]): Promise<void> {
      expect((await post(`${server.url}/sessions/${session}/messages`, { messages })).status).toBe(201);
    },
    /** Imports the lines of an export. */
    async restore(session: string, lines: object[]): Promise<void> {
      const body = lines.map((line) => JSON.stringify(line)).join("\n");
      const headers = { "content-type": "application/x-ndjson" };
      const imported = await fetch(`${server.url}/sessions/${session}/import`, { method: "POST", headers, body });
      expect(imported.status).toBe(201);
    },
    /** Appends messages; one of them is the fact. */
    async remember(
      session: string,
      count: number,
      fact?: { at: number; content: string; userId?: string },
    ): Promise<void> {
      for (let from = 0; from < count; from += 1_000) {
        const messages = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => {
          const at = from + index;
          const content = fact?.at === at ? fact.content : `Chapter ${at}: the weather stayed grey and nobody minded.`;
          return {
            role: at % 2 ? "assistant" : "user",
            content,
            createdAt: new Date(Date.UTC(2024, 0, 1, at)).toISOString(),
          };
        });
        expect(
          (await post(`${server.url}/sessions/${session}/messages`, { messages, userId: fact?.userId })).status,
        ).toBe(201);
      }
    },
  };
}
