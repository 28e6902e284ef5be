import { describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually";
import { scripted, unscripted } from "../../support/scripted-model";
import { copyOf, freshUser, PATIENT } from "../../support/users";
import { freshSession, worker } from "../../support/worker";

const llamory = worker(PATIENT);
interface Line {
  role: string;
  content: string;
}
const user = (content: string): Line => ({ role: "user", content });
const assistant = (content: string): Line => ({ role: "assistant", content });

/** Sends messages as Open WebUI does, with the headers of ENABLE_FORWARD_USER_INFO_HEADERS. */
async function chat(id: string, messages: Line[], person?: string): Promise<string> {
  const headers = { "x-openwebui-chat-id": id, ...(person && { "x-openwebui-user-id": person }) };
  const response = await llamory.post("/v1/chat/completions", { model: "llama", messages }, headers);
  const body = await response.json<{ choices: { message: { content: string } }[] }>();
  expect(response.status, JSON.stringify(body)).toBe(200);
  return body.choices[0]?.message.content ?? "";
}

/** Makes each answer distinct. */
const answers = (id: string) =>
  scripted(id, ...Array.from({ length: 12 }, (_, at) => ({ response: `This is the answer number ${at + 1}.` })));
const answer = (at: number) => `This is the answer number ${at}.`;

const TITLE = user(
  "### Task:\nGenerate a concise, 3-5 word title.\n### Chat History:\n<chat_history>\nUSER: My bees\n</chat_history>",
);
const MERGE = user(
  'You have been provided with a set of responses from various models to the latest user query: "My bees?"\n\nYour task is to synthesize them.',
);
const EMOJI = user(
  "Your task is to reflect the speaker's likely facial expression through a fitting emoji.\n\nMessage: My bees",
);
const COMPACTION = user("Summarize the conversation.\n### Messages Being Compacted:\nUSER: My bees");
const retrieval = (query: string) =>
  user(`### Task:\nRespond to the user query using the provided context.\n<context>\nHoney.\n</context>\n${query}`);

describe("a chat of Open WebUI", () => {
  it("is remembered as it was said: side tasks, edits, regenerations, retrieval and filters included", async () => {
    const [id, person] = [freshSession(), freshUser()];
    await answers(id);
    await unscripted();
    const q1 = user("Where do my bees stand in winter?");
    const a1 = assistant(await chat(id, [q1], person));
    const tags = user(TITLE.content.replace("title", "tags"));
    for (const task of [TITLE, tags, MERGE, EMOJI, COMPACTION]) await chat(id, [task], person);
    expect(await llamory.transcript(id)).toEqual([`user: ${q1.content}`, `assistant: ${answer(1)}`]);

    const q2 = user("When is their honey ripe this year?");
    const a2 = assistant(await chat(id, [q1, a1, q2], person));
    const edited = user("When is the lavender honey ripe?");
    await chat(id, [q1, a1, edited], person);
    const kept = [`user: ${q1.content}`, `assistant: ${answer(1)}`, `user: ${edited.content}`];
    expect(await llamory.transcript(id)).toEqual([...kept, `assistant: ${answer(3)}`]);
    expect(a2.content).toBe(answer(2));

    const a3 = assistant(await chat(id, [q1, a1, edited], person));
    expect(await llamory.transcript(id)).toEqual([...kept, `assistant: ${answer(4)}`]);

    const plain = user("What does the manual say about frames?");
    const a4 = assistant(await chat(id, [q1, a1, edited, a3, retrieval(plain.content)], person));
    const q5 = user("And about the smoker that I bought?");
    const a5 = assistant(await chat(id, [q1, a1, edited, a3, plain, a4, q5], person));
    expect(await llamory.transcript(id)).toHaveLength(8);

    const wrapped = assistant(`<details type="reasoning">Hm.</details>\n\n ${a5.content} `);
    await chat(id, [wrapped, user("Thank you for all of that.")], person);
    const transcript = await llamory.transcript(id);
    expect(transcript).toHaveLength(10);
    expect(transcript.at(-1)).toBe(`assistant: ${answer(7)}`);
    await eventually(async () =>
      expect((await copyOf(person)).map((text) => transcript.some((line) => line.endsWith(text)))).toEqual(
        Array(10).fill(true),
      ),
    );
  });

  it("asks its only question again in place of the first answer", async () => {
    const id = freshSession();
    await answers(id);
    await chat(id, [user("Hi")]);
    await chat(id, [user("Hi")]);
    expect(await llamory.transcript(id)).toEqual(["user: Hi", `assistant: ${answer(2)}`]);
  });

  it("loses nothing if no message matches, or if only a filter left messages out", async () => {
    const id = freshSession();
    await answers(id);
    const [q1, q2, q3] = [user("My name is Ana."), user("I live in Lisbon."), user("What is my name?")];
    const a1 = assistant(await chat(id, [q1]));
    const a2 = assistant(await chat(id, [q1, a1, q2]));
    await chat(id, [q3]);
    expect(await llamory.transcript(id)).toHaveLength(6);
    await chat(id, [user("Something else."), assistant("Never said."), q3]);
    expect(await llamory.transcript(id)).toHaveLength(8);
    expect(a2.content).toBe(answer(2));
  });

  it("finds an edit behind a short question that was asked with retrieved context", async () => {
    const id = freshSession();
    await answers(id);
    const short = user("Why?");
    const a1 = assistant(await chat(id, [retrieval(short.content)]));
    await chat(id, [short, a1, user("And when?")]);
    await chat(id, [user("Who?"), a1, user("And where?")]);
    expect(await llamory.transcript(id)).toHaveLength(6);
    await chat(id, [short, a1, user("And who?")]);
    const transcript = await llamory.transcript(id);
    expect(transcript.slice(1)).toEqual([`assistant: ${a1.content}`, "user: And who?", `assistant: ${answer(4)}`]);
  });

  it("keeps the answer of a question that the request ends with before the new one", async () => {
    const id = freshSession();
    await answers(id);
    const q1 = user("My name is Ana.");
    await chat(id, [q1]);
    await chat(id, [q1, user("And I live in Lisbon.")]);
    expect(await llamory.transcript(id)).toHaveLength(4);
  });

  it("replaces several turns behind an edited question, in prompt and transcript", async () => {
    const id = freshSession();
    const model = await answers(id);
    const lines: Line[] = [];
    for (const question of ["My name is Ana.", "My code is xylophone.", "It rains in Lisbon."]) {
      lines.push(user(question));
      lines.push(assistant(await chat(id, lines)));
    }
    await chat(id, [...lines.slice(0, 2), user("I have no code at all.")]);
    const prompt = JSON.stringify((await model.runs()).at(-1)?.inputs.messages);
    expect(prompt).toContain("Ana");
    for (const gone of ["xylophone", "rains"]) expect(prompt).not.toContain(gone);
    expect(await llamory.transcript(id)).toHaveLength(4);
  });

  it("leaves the old turns in place if the new question fails", async () => {
    const id = freshSession();
    await scripted(id, { response: "One." }, { response: "Two." }, new Error("5021: too long"));
    const [q1, q2] = [user("My name is Ana."), user("I live in Lisbon.")];
    const a1 = assistant(await chat(id, [q1]));
    await chat(id, [q1, a1, q2]);
    const headers = { "x-openwebui-chat-id": id };
    const body = { model: "llama", messages: [q1, a1, user("Edited.")] };
    expect((await llamory.post("/v1/chat/completions", body, headers)).status).toBe(413);
    expect(await llamory.transcript(id)).toHaveLength(4);
  });

  it("stores nothing if it is temporary", async () => {
    const id = `local:${crypto.randomUUID()}`;
    await unscripted();
    await chat(id, [user("Hi")]);
    await chat(id, [user("alpha?"), user("beta?")]);
    expect(await llamory.transcript(id)).toEqual([]);
  });

  it("compares thousands of messages, and hostile ones, within a moment", async () => {
    const id = freshSession();
    await answers(id);
    await chat(id, [user("First of all questions.")]);
    const long = Array.from({ length: 9_000 }, (_, at) =>
      at % 2 ? assistant(`<details ${at}`) : user("<details>x ".repeat(20)),
    );
    await chat(id, [...long, user("And now?")]);
    expect(await llamory.transcript(id)).toHaveLength(4);
  });
});
