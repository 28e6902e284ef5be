import { describe, expect, it } from "vitest";
import { countRows } from "../support/counted";
import { scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const sentence = (at: number) =>
  `Paragraph ${at} tells of hives, lime trees and the honey of a long summer in Lisbon. `;
/** Returns a text of this length with a distinct beginning, middle and end. */
function letter(characters: number): string {
  const body = Array.from({ length: Math.ceil(characters / 80) }, (_, at) => sentence(at)).join("");
  const half = Math.floor(characters / 2);
  return `Dear Marta, this letter begins here. ${body.slice(0, half)} The cellar key hangs behind the clock. ${body.slice(half, characters)} Yours, Ana, who ends it here.`;
}

const small = (tokens = 4_096) => worker({ CONTEXT_TOKENS: String(tokens) });
const contents = (messages: { content: string }[] | undefined) => (messages ?? []).map(({ content }) => content);

interface Answer {
  memory: { window: { fromSeq: number; toSeq: number; shortened?: { seq: number; leftOut: number }[] } | null };
}

describe("the window of a prompt", () => {
  it.each([4_096, 8_192])("contains a long letter, shortened if necessary, within %i tokens", async (tokens) => {
    const session = freshSession();
    const model = await scripted(session, { response: "A nice letter." });
    await small(tokens).ask(session, letter(15_700));
    const response = await small(tokens).ask(session, "Make it shorter.");
    const [, asked] = await model.runs();
    const [, shortened, answer, question] = contents(asked?.inputs.messages);
    expect(shortened).toContain("this letter begins here");
    expect(shortened).toContain("who ends it here");
    expect([answer, question]).toEqual(["A nice letter.", "Make it shorter."]);
    const { memory } = await response.json<Answer>();
    expect(memory.window).toMatchObject({ fromSeq: 1, toSeq: 2 });
  });

  it("contains the last exchange after a message that is larger than the model's window", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Noted." });
    const messages = Array.from({ length: 40 }, (_, at) => ({
      role: at % 2 ? "assistant" : "user",
      content: `Small talk ${at}.`,
    }));
    await small().post(`/sessions/${session}/messages`, { messages });
    await small().post(`/sessions/${session}/messages`, {
      messages: [
        { role: "user", content: letter(31_000) },
        { role: "assistant", content: "I read it." },
      ],
    });
    const response = await small().ask(session, "What did you read?");
    const prompt = contents((await model.runs())[0]?.inputs.messages);
    expect(prompt.some((content) => content.includes("who ends it here"))).toBe(true);
    expect(prompt).toContain("I read it.");
    expect(prompt.at(-1)).toBe("What did you read?");
    const { memory } = await response.json<Answer>();
    expect(memory.window?.shortened).toMatchObject([{ seq: 41 }]);
    expect(memory.window?.shortened?.[0]?.leftOut).toBeGreaterThan(10_000);
  });

  it("contains the visible parts of a shortened message once, not again as an excerpt", async () => {
    const session = freshSession();
    const messages = [
      { role: "user", content: letter(40_000) },
      { role: "assistant", content: "I read it." },
    ];
    await small().post(`/sessions/${session}/messages`, { messages });
    for (const question of ["Where does this letter to Marta begin?", "Where does Ana end it, whose letter is it?"]) {
      const response = await small().post(`/sessions/${session}/context`, { question });
      const prompt = contents((await response.json<{ messages: { content: string }[] }>()).messages).join("\n");
      expect(prompt.split("Dear Marta, this letter begins here.")).toHaveLength(2);
      expect(prompt.split("Yours, Ana, who ends it here.")).toHaveLength(2);
    }
  });

  it("leaves the middle of a shortened message to recall", async () => {
    const session = freshSession();
    const model = await scripted(session, { response: "Noted." });
    await small().ask(session, letter(31_000));
    await small().ask(session, "Where does the cellar key hang?");
    const prompt = contents((await model.runs())[1]?.inputs.messages).join("\n");
    expect(prompt).toContain("The cellar key hangs behind the clock");
  });

  it("takes the tokens that recall does not use", async () => {
    const session = freshSession();
    const messages = Array.from({ length: 400 }, (_, at) => ({
      role: at % 2 ? "assistant" : "user",
      // The last exchange shares no words with the others, so a follow-up recalls nothing either.
      content: at < 398 ? `Line ${at} of a conversation about nothing in particular.` : "Hm.",
    }));
    await small().post(`/sessions/${session}/messages`, { messages });
    const context = async (question: string) => {
      const response = await small().post(`/sessions/${session}/context`, { question });
      return response.json<{ memory: { prompt: { window: number; limit: number; system: number; reply: number } } }>();
    };
    const { memory } = await context("xylophone?");
    const { window, limit, system, reply } = memory.prompt;
    expect(window).toBeGreaterThan((limit - system - reply) * 0.7);
  });

  it("without any room for memory reads a few messages of a long transcript, not all of them", async () => {
    const session = freshSession();
    const messages = Array.from({ length: 1_000 }, (_, at) => ({
      role: at % 10 ? "assistant" : "user",
      content: `Line ${at}.`,
    }));
    await small().post(`/sessions/${session}/messages`, { messages });
    const NO_ROOM = { windowTokens: 0, recallTokens: 0 };
    const rows = await countRows(session);
    const preview = await small().post(`/sessions/${session}/context`, { question: "Hm?", ...NO_ROOM });
    expect(preview.status).toBe(200);
    expect((await rows()).read).toBeLessThan(100);
  });

  it("reads each message of a short session once", async () => {
    const session = freshSession();
    const messages = Array.from({ length: 100 }, (_, at) => ({ role: at % 2 ? "assistant" : "user", content: "Yes." }));
    await small(100_000).post(`/sessions/${session}/messages`, { messages });
    const rows = await countRows(session);
    await small(100_000).post(`/sessions/${session}/context`, { question: "Hm?" });
    expect((await rows()).read).toBeLessThan(200);
  });

  it("contains the last exchange for a fallback with a smaller window too", async () => {
    const session = freshSession();
    const model = await scripted(session, new Error("5028: retired"), { response: "Shorter." });
    const llamory = worker({
      MODEL: "@cf/meta/llama-3.1-8b-instruct-fast",
      FALLBACK_MODEL: "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
      CONTEXT_TOKENS: "100000",
    });
    const parts = Array.from({ length: 8 }, (_, at) => ({ role: "user", content: `${at}: ${letter(15_700)}` }));
    await llamory.post(`/sessions/${session}/messages`, {
      messages: [...parts, { role: "user", content: letter(31_000) }, { role: "assistant", content: "I read it." }],
    });
    expect((await llamory.ask(session, "Make it shorter.")).status).toBe(200);
    const prompt = contents((await model.runs()).at(-1)?.inputs.messages);
    expect(prompt.slice(-2)).toEqual(["I read it.", "Make it shorter."]);
    expect(prompt.at(-3)).toContain("who ends it here");
  });
});
