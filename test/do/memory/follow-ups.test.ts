import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { lastExchange } from "../../../src/do/memory/follow-ups";
import { Messages } from "../../../src/do/memory/messages";
import { Database } from "../../../src/do/sqlite/database";
import { sessionWith, smallTalk } from "../../support/memory";
import { freshUser } from "../../support/users";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

const said = (content: string, createdAt = "2022-01-01T10:00:00Z", role = "user") => ({ role, content, createdAt });
const recent = (question: string, answer: string) => [
  said(question, "2024-01-01T10:00:00Z"),
  said(answer, "2024-01-01T10:01:00Z", "assistant"),
];

async function recalled(session: string, question: string, more = {}): Promise<string[]> {
  const response = await llamory.post(`/sessions/${session}/context`, { question, windowTokens: 60, ...more });
  const { memory } = await response.json<{ memory: { recalled: { content: string }[] } }>();
  return memory.recalled.map(({ content }) => content);
}

describe("a follow-up", () => {
  it.each([
    [
      "And when was that?",
      "What did Elise do at the spa?",
      "She got a massage.",
      "On Friday I finally had my massage at the spa.",
    ],
    [
      "When was it?",
      "What did Elise do at the spa?",
      "She got a massage.",
      "On Friday I finally had my massage at the spa.",
    ],
    ["How old is it?", "What is our cat called?", "Soufflé.", "Our cat turned thirteen in May."],
    [
      "Und wann war das?",
      "Was hat Elise im Thermalbad gemacht?",
      "Eine Massage.",
      "Am Freitag hatte ich die Massage im Thermalbad.",
    ],
    ["¿Y cuándo fue?", "¿Qué hizo Elise en el balneario?", "Un masaje.", "El viernes tuve mi masaje en el balneario."],
    ["它是什么时候？", "爱丽丝在温泉做了什么？", "按摩。", "星期五我终于去温泉做了按摩。"],
  ])("is searched with the words of the last exchange: %s", async (question, before, answer, fact) => {
    const session = await sessionWith([
      ...smallTalk(60).map((m) => ({ ...m, createdAt: "2021-01-01T00:00:00Z" })),
      said(fact),
      ...smallTalk(60),
      ...recent(before, answer),
    ]);
    expect((await recalled(session, question))[0]).toBe(fact);
  });

  it("is not, where the question has content of its own", async () => {
    const session = await sessionWith([
      said("Our beehives stand under the lime tree."),
      ...smallTalk(60),
      said("The dentist has moved to Oslo.", "2023-06-01T10:00:00Z"),
      ...smallTalk(60),
      ...recent("Where did the dentist move?", "To Oslo."),
    ]);
    expect((await recalled(session, "Which lime tree do the beehives stand under?"))[0]).toContain("beehives");
  });

  it("takes nothing from calls and results of functions", async () => {
    const texts = await runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => {
      const db = new Database(storage, "session");
      const messages = new Messages(db);
      db.transaction(() =>
        messages.append([
          { role: "user", content: "What did Elise do at the spa?" },
          { role: "assistant", content: "", toolCalls: [{ id: "a", name: "spa", arguments: "{}" }] },
          { role: "tool", toolCallId: "a", content: "massage, sauna" },
          { role: "assistant", content: "She got a massage." },
        ]),
      );
      return lastExchange(messages);
    });
    expect(texts).toEqual(["What did Elise do at the spa?", "She got a massage."]);
  });

  it("finds what was said in another session of the user", async () => {
    const userId = freshUser();
    const [older, newer] = [`${userId}-older`, `${userId}-newer`];
    await llamory.post(`/sessions/${older}/messages`, {
      userId,
      messages: [said("The spa massage was on Friday."), ...smallTalk(30)],
    });
    await llamory.post(`/sessions/${newer}/messages`, {
      userId,
      messages: recent("What did Elise do at the spa?", "She got a massage."),
    });
    expect((await recalled(newer, "When was it?", { userId }))[0]).toBe("The spa massage was on Friday.");
  });
});
