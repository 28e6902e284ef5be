import { afterAll, describe, expect, it } from "vitest";
import { bytes, scripted, unscripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

afterAll(unscripted);

const R1 = "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b";
const [THOUGHT, ANSWER] = ["They greet me.", "Hello!"];
const OPEN = `${THOUGHT}\n</think>\n\n${ANSWER}`;

/** Returns a stream of Workers AI with a text in short pieces. */
const stream = (text: string) =>
  bytes(
    `${(text.match(/[\s\S]{1,3}/g) ?? []).map((response) => `data: ${JSON.stringify({ response })}\n\n`).join("")}data: [DONE]\n\n`,
  );

/** Asks a model for a whole answer or a stream. @returns reasoning and answer */
async function asked(model: string, reply: object, isStream: boolean): Promise<[reasoning: string, answer: string]> {
  const session = freshSession();
  await scripted(session, reply);
  const request = { messages: [{ role: "user", content: "Hi" }], stream: isStream };
  const own = worker({ MODEL: model, FALLBACK_MODEL: "" });
  const text = await (await own.post("/v1/chat/completions", request, { "x-session-id": session })).text();
  const parts = isStream ? [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) => json) : [text];
  const fields = parts
    .map((part) => JSON.parse(part).choices[0])
    .map((choice) => choice?.message ?? choice?.delta ?? {});
  const join = (name: string) => fields.map((field) => field[name] ?? "").join("");
  return [join("reasoning_content").trim(), join("content")];
}

describe("a model whose prompt opens its reasoning", () => {
  it("has the text before </think> as its reasoning, whole and streamed", async () => {
    expect(await asked(R1, { response: OPEN }, false)).toEqual([THOUGHT, ANSWER]);
    expect(await asked(R1, stream(OPEN), true)).toEqual([THOUGHT, ANSWER]);
  });

  it("may open it itself, too", async () => {
    expect(await asked(R1, { response: `<think>${OPEN}` }, false)).toEqual([THOUGHT, ANSWER]);
    expect(await asked(R1, stream(`<think>${OPEN}`), true)).toEqual([THOUGHT, ANSWER]);
  });

  it("answers with all of its text if it does not reason", async () => {
    expect(await asked(R1, { response: ANSWER }, false)).toEqual(["", ANSWER]);
    expect(await asked(R1, stream(ANSWER), true)).toEqual(["", ANSWER]);
  });

  it("has no answer yet if the reply is cut before the end of its reasoning", async () => {
    const cut = { response: THOUGHT, finish_reason: "length" };
    expect(await asked(R1, cut, false)).toEqual([THOUGHT, ""]);
    const pieces = [{ response: "They " }, { response: "greet me." }, { response: "", finish_reason: "length" }];
    const events = pieces.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join("");
    expect(await asked(R1, bytes(`${events}data: [DONE]\n\n`), true)).toEqual([THOUGHT, ""]);
  });

  it("may mention the mark in its answer if its server sends the reasoning in a field", async () => {
    const message = { content: "It ends with </think>.", reasoning_content: THOUGHT };
    const reply = { choices: [{ message, finish_reason: "stop" }] };
    expect(await asked(R1, reply, false)).toEqual([THOUGHT, message.content]);
  });
});

it("other models may mention the mark in an answer", async () => {
  const text = "Reasoning ends with </think>.";
  expect(await asked("@cf/meta/llama-3.1-8b-instruct-fast", { response: text }, false)).toEqual(["", text]);
});
