import { describe, expect, it } from "vitest";
import { conversationPart } from "../../../src/do/memory/conversation-questions";
import { eventually } from "../../support/eventually";
import { sessionWith } from "../../support/memory";
import { freshUser, owes, PATIENT, userObject } from "../../support/users";
import { freshSession, worker } from "../../support/worker";

const llamory = worker(PATIENT);

describe("a question about the conversation", () => {
  it.each([
    ["How did this conversation start?", "start"],
    ["When did this conversation start?", "start"],
    ["What was the first thing I said?", "start"],
    ["What was my very first question?", "start"],
    ["whats the first thing i asked", "start"],
    ["What did we talk about at the beginning?", "start"],
    ["Wie hat dieses Gespräch angefangen?", "start"],
    ["Was habe ich zuerst gefragt?", "start"],
    ["¿Cómo empezó esta conversación?", "start"],
    ["Como empezo esta conversacion", "start"],
    ["¿Cuál fue mi primera pregunta?", "start"],
    ["Comment cette conversation a-t-elle commencé ?", "start"],
    ["Quelle était ma première question ?", "start"],
    ["Summarize what we discussed", "all"],
    ["Can you summarise our conversation so far, please?", "all"],
    ["What have we talked about so far?", "all"],
    ["What is this conversation about?", "all"],
    ["Give me a recap of our chat.", "all"],
    ["Fasse bitte unser Gespräch zusammen.", "all"],
    ["Worüber haben wir bisher gesprochen?", "all"],
    ["Resume lo que hemos hablado", "all"],
    ["¿De qué hemos hablado hasta ahora?", "all"],
    ["Résume notre conversation.", "all"],
    ["De quoi avons-nous parlé ?", "all"],
    ["Where did we leave off?", "end"],
    ["What did we talk about last?", "end"],
    ["Wo waren wir stehen geblieben?", "end"],
    ["¿Dónde nos quedamos?", "end"],
    ["Quelle était ma dernière question ?", "end"],
    ["What do you know about me?", "person"],
    ["What have you learned about me so far?", "person"],
    ["Who am I?", "person"],
    ["Wer bin ich?", "person"],
    ["¿Quién soy yo?", "person"],
    ["Qui suis-je ?", "person"],
    ["Was weißt du über mich?", "person"],
    ["¿Qué sabes de mí?", "person"],
    ["Que sais-tu de moi ?", "person"],
  ])("is understood: %s", (question, part) => expect(conversationPart(question)).toBe(part));

  it.each([
    "How did the war start?",
    "How did the conversation with Ana start?",
    "When did I start my job?",
    "What was my first job?",
    "What is the first letter of the alphabet?",
    "When is the discussion?",
    "When was the chat?",
    "Where did we leave the car?",
    "Where did I leave my keys?",
    "Summarize the letter.",
    "Summarize what we discussed about the garden",
    "What did we discuss yesterday?",
    "What did we say about AI?",
    "What do you know about bees?",
    "What do you know about my sister?",
    "What about me?",
    "What did you say?",
    "And when was that?",
    "Wie hat der Krieg angefangen?",
    "Was weißt du über Bienen?",
    "¿Cómo empezó la guerra?",
    "¿Qué sabes de Ana?",
    "Comment la guerre a-t-elle commencé ?",
    "什么时候开始的？",
    "What was the first thing I said about it?",
    "How do I end a conversation?",
    "How to start a conversation?",
    "Ok",
    "",
    "?".repeat(1_000),
    "what did we talk about ".repeat(10_000),
  ])("is not an ordinary question: %.40s", (question) => expect(conversationPart(question)).toBeUndefined());

  const talk = Array.from({ length: 200 }, (_, at) => ({
    role: at % 2 ? "assistant" : "user",
    content: `Message ${at + 1}: the weather is grey, like on day ${at}.`,
  }));

  async function recalledBy(question: string, more: object = {}): Promise<number[]> {
    const session = await sessionWith(talk);
    const body = { question, windowTokens: 200, recallTokens: 400, ...more };
    const response = await llamory.post(`/sessions/${session}/context`, body);
    const { memory } = await response.json<{ memory: { recalled: { seq: number }[] } }>();
    return memory.recalled.map(({ seq }) => seq).sort((a, b) => a - b);
  }

  it("recalls the beginning, the messages before the window, or messages of all parts", async () => {
    const start = await recalledBy("How did this conversation start?");
    expect(start.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(Math.max(...start)).toBeLessThan(10);
    const end = await recalledBy("Where did we leave off?");
    expect(Math.min(...end)).toBeGreaterThan(150);
    const all = await recalledBy("Summarize what we discussed");
    expect(all.length).toBeGreaterThan(4);
    expect(Math.min(...all)).toBeLessThan(40);
    expect(Math.max(...all)).toBeGreaterThan(130);
    const person = await recalledBy("What do you know about me?");
    expect(person.length).toBeGreaterThan(4);
  });

  it("recalls messages of people in a session of any length that a greeting begins", async () => {
    for (const length of [97, 193]) {
      const session = await sessionWith([{ role: "assistant", content: "How can I help?" }, ...talk].slice(0, length));
      const body = { question: "Summarize what we discussed", windowTokens: 200, recallTokens: 400 };
      const response = await llamory.post(`/sessions/${session}/context`, body);
      const { memory } = await response.json<{ memory: { recalled: unknown[] } }>();
      expect(memory.recalled.length).toBeGreaterThan(4);
    }
  });

  it("recalls the first messages that are left of those that were deleted", async () => {
    const session = await sessionWith(talk);
    for (let seq = 1; seq <= 20; seq += 1) {
      const deleted = await llamory.fetch(`/sessions/${session}/messages/${seq}`, { method: "DELETE" });
      expect(deleted.status).toBe(200);
    }
    const body = { question: "How did this conversation start?", windowTokens: 200, recallTokens: 400 };
    const response = await llamory.post(`/sessions/${session}/context`, body);
    const { memory } = await response.json<{ memory: { recalled: { seq: number }[] } }>();
    expect(memory.recalled.map(({ seq }) => seq)).toContain(21);
  });

  it("recalls nothing but facts for what is known about the person", async () => {
    const user = freshUser();
    await userObject(user).addFact("Ana keeps bees.", null);
    const session = await sessionWith(talk);
    const body = { question: "What do you know about me?", userId: user, windowTokens: 200 };
    const response = await llamory.post(`/sessions/${session}/context`, body);
    const preview = await response.json<{ messages: { content: string }[]; memory: { recalled: unknown[] } }>();
    expect(preview.messages.map(({ content }) => content).join("\n")).toContain("Ana keeps bees.");
    expect(preview.memory.recalled).toEqual([]);
  });

  it("about the person recalls what they said in other sessions, without facts", async () => {
    const user = freshUser();
    const messages = [{ role: "user", content: "I keep bees." }];
    const [said, asking] = [freshSession(), freshSession()];
    await llamory.post(`/sessions/${said}/messages`, { messages, userId: user });
    await eventually(async () => expect(await owes(said)).toBe(false));
    const recalled = async (question: string) => {
      const response = await llamory.post(`/sessions/${asking}/context`, { question, userId: user });
      const { memory } = await response.json<{ memory: { recalled: { content: string }[] } }>();
      return memory.recalled.map(({ content }) => content);
    };
    expect(await recalled("What do you know about me?")).toEqual(["I keep bees."]);
    expect(await recalled("Summarize what we discussed")).toEqual([]);
  });

  it("recalls nothing of an empty session, and nothing that was deleted", async () => {
    const session = await sessionWith(talk);
    await llamory.post("/reset", { sessionId: session });
    const body = { question: "How did this conversation start?", windowTokens: 0 };
    const response = await llamory.post(`/sessions/${session}/context`, body);
    expect((await response.json<{ memory: { recalled: unknown[] } }>()).memory.recalled).toEqual([]);
  });
});
