import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { serverOf, TOKEN } from "./model";

let server: Awaited<ReturnType<typeof serverOf>>;
beforeAll(async () => {
  server = await serverOf("Workers AI", inject("bundle"));
});
afterAll(() => server.stop());

interface Line {
  role: "user" | "assistant";
  content: string;
}

/** Prompts that Open WebUI writes itself have this form: a task, guidelines, the output, and the latest messages. */
const sideTask = (task: string, output: string) => (lines: Line[]) => {
  const latest = lines.slice(-6).map(({ role, content }) => `${role.toUpperCase()}: ${content}`);
  return `### Task:\n${task}\n### Guidelines:\n- Use the language of the chat.\n### Output:\nJSON format: ${output}\n### Chat History:\n<chat_history>\n${latest.join("\n")}\n</chat_history>`;
};
const AFTER_AN_ANSWER = [
  sideTask("Write a short title of the chat.", '{ "title": "…" }'),
  sideTask("List tags for the subjects of the chat.", '{ "tags": ["…"] }'),
  sideTask("Suggest questions that the user may ask next.", '{ "follow_ups": ["…"] }'),
];
const QUERIES = sideTask("List the search queries that the question needs.", '{ "queries": ["…"] }');
/** Retrieved context is sent once, before the question that it belongs to. */
const retrieved = (context: string) =>
  `### Task:\nAnswer the query from the context, and cite its sources as [id].\n\n### Guidelines:\n- Say so if the context has no answer.\n\n<context>\n<source id="1" name="manual.md">${context}</source>\n</context>\n`;

/** A chat of Open WebUI with ENABLE_FORWARD_USER_INFO_HEADERS. It keeps the messages, and sends them with each question. */
class Chat {
  readonly #id: string;
  readonly #user: string;
  readonly #lines: Line[] = [];

  constructor(id: string, user: string) {
    this.#id = id;
    this.#user = user;
  }

  /**
   * Asks a question.
   * @param context retrieved text
   * @param sent the number of earlier messages that a filter lets through; default: all
   */
  async ask(content: string, { context, sent = 1_000 }: { context?: string; sent?: number } = {}): Promise<void> {
    if (context) await this.#send([{ role: "user", content: QUERIES([...this.#lines, { role: "user", content }]) }]);
    const before = sent === 0 ? [] : this.#lines.slice(-sent);
    const question = { role: "user" as const, content: context ? `${retrieved(context)}\n${content}` : content };
    const answer = await this.#send([...before, question], true);
    this.#lines.push({ role: "user", content }, { role: "assistant", content: answer });
  }

  /** Asks the last question again, or another one in its place. */
  async again(content = this.#lines.at(-2)?.content ?? ""): Promise<void> {
    this.#lines.splice(-2);
    await this.ask(content);
  }

  async sideTasks(): Promise<void> {
    for (const task of AFTER_AN_ANSWER) await this.#send([{ role: "user", content: task(this.#lines) }]);
  }

  /** Returns the messages of the session, oldest first. */
  async stored(): Promise<string[]> {
    const response = await fetch(`${server.url}/sessions/${this.#id}/messages?limit=1000`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { data }: { data: Line[] } = await response.json();
    return data.map(({ role, content }) => `${role}: ${content}`).reverse();
  }

  /** The messages of the chat, oldest first. */
  get shown(): string[] {
    return this.#lines.map(({ role, content }) => `${role}: ${content}`);
  }

  async #send(messages: Line[], stream = false): Promise<string> {
    const response = await fetch(`${server.baseURL}/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "x-openwebui-user-name": "Ana%20Lima",
        "x-openwebui-user-id": this.#user,
        "x-openwebui-user-email": "ana@example.com",
        "x-openwebui-user-role": "user",
        "x-openwebui-chat-id": this.#id,
      },
      body: JSON.stringify({ model: "llama", messages, stream, ...(!stream && { max_completion_tokens: 1_000 }) }),
    });
    expect(response.status).toBe(200);
    if (!stream) {
      const { choices }: { choices: { message: { content: string } }[] } = await response.json();
      return choices[0]?.message.content ?? "";
    }
    const events = (await response.text()).split("\n\n").filter((line) => line.startsWith("data: {"));
    return events
      .map((event): { choices: { delta: { content?: string } }[] } => JSON.parse(event.slice("data: ".length)))
      .map(({ choices }) => choices[0]?.delta.content ?? "")
      .join("");
  }
}

it("a chat of Open WebUI is stored as the person sees it", async () => {
  const user = crypto.randomUUID();
  const chat = new Chat(crypto.randomUUID(), user);
  await chat.ask("Where should my bees stand in winter?");
  await chat.sideTasks();
  expect(await chat.stored()).toEqual(chat.shown);
  expect(chat.shown).toHaveLength(2);

  await chat.ask("When is their honey ripe this year?");
  await chat.sideTasks();
  await chat.again("When is the lavender honey ripe?");
  expect(await chat.stored()).toEqual(chat.shown);
  await chat.again();
  expect(await chat.stored()).toEqual(chat.shown);
  expect(chat.shown).toHaveLength(4);

  // The question is short, so it is compared without its context.
  await chat.ask("And in July?", { context: "Put the second super on in July." });
  const [asked = "", answered] = (await chat.stored()).slice(-2);
  expect(asked).toMatch(/^user: .*second super.*\nAnd in July\?$/s);
  expect([(await chat.stored()).length, answered]).toEqual([6, chat.shown.at(-1)]);
  /** The transcript contains the retrieved context too. */
  const withContext = () => chat.shown.with(4, asked);
  await chat.ask("Who was the smoker from again?");
  await chat.again("Whose smoker is it that I use?");
  await chat.sideTasks();
  expect(await chat.stored()).toEqual(withContext());
  expect(chat.shown).toHaveLength(8);

  for (const sent of [2, 1, 0]) {
    await chat.ask(`What did I ask before the last ${sent} messages?`, { sent });
    expect(await chat.stored()).toEqual(withContext());
  }

  const temporary = new Chat(`local:${crypto.randomUUID()}`, user);
  await temporary.ask("Forget the xylophone.");
  await temporary.again();
  await temporary.sideTasks();
  expect(await temporary.stored()).toEqual([]);
  expect(await chat.stored()).toEqual(withContext());
});
