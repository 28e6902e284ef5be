import { describe, expect, it } from "vitest";
import { daysOf } from "../../../src/do/memory/question-days";
import { hidden, search, sessionWith, smallTalk } from "../../support/memory";
import { worker } from "../../support/worker";

const llamory = worker();

/** A Saturday. */
const NOW = Date.UTC(2021, 7, 14, 10);
const words = (question: string, timeZone?: string) =>
  daysOf(question, { now: NOW, timeZone }).terms.map(({ word }) => word);
const YEAR = `${new Date().getUTCFullYear()}`;
const WEEK_AGO = ["August 4", "August 5", "August 6", "August 7", "August 8", "August 9", "August 10"];

describe("the days of a question", () => {
  it.each([
    ["What did I book on 2025-03-05?", ["March 5 2025"]],
    ["What happened on 10 October 2023?", ["October 10 2023"]],
    ["What happened on October 10th, 2023?", ["October 10 2023"]],
    ["What happened on the 3rd of May 2023?", ["May 3 2023"]],
    ["Was war am 10. Oktober 2023?", ["October 10 2023"]],
    ["Was war am 10.01.2024?", ["January 10 2024"]],
    ["Was war am 10.1.24?", ["January 10 2024"]],
    ["Was habe ich am 10.1. gesagt?", ["January 10"]],
    ["What happened on 10/13/24?", ["October 13 2024"]],
    ["What did we plan for this day?", ["August 14 2021"]],
    ["我三个星期前去了哪里？", ["July 21 2021"]],
    ["三週間前にどこへ行きましたか", ["July 21 2021"]],
    ["¿Qué pasó el 10 de octubre de 2023?", ["October 10 2023"]],
    ["Que s'est-il passé le 1er août 2023 ?", ["August 1 2023"]],
    ["Cosa è successo il 2 giugno 2023?", ["June 2 2023"]],
    ["O que aconteceu em 7 de setembro de 2023?", ["September 7 2023"]],
    ["2023年10月10日我做了什么？", ["October 10 2023"]],
    ["2023년 10월 10일에 무엇을 했나요?", ["October 10 2023"]],
    ["我5月2日去了哪里？", ["May 2"]],
    ["What did I say on May 2nd?", ["May 2"]],
    ["Was habe ich am 2. Mai gesagt?", ["May 2"]],
    ["What did I do yesterday?", ["August 13 2021"]],
    ["What did I do the day before yesterday?", ["August 12 2021"]],
    ["What did we plan today?", ["August 14 2021"]],
    ["Was habe ich gestern gekauft?", ["August 13 2021"]],
    ["¿Qué compré ayer?", ["August 13 2021"]],
    ["Qu'est-ce que j'ai acheté hier ?", ["August 13 2021"]],
    ["Qu'ai-je fait avant-hier ?", ["August 12 2021"]],
    ["我昨天买了什么？", ["August 13 2021"]],
    ["昨日何を買いましたか", ["August 13 2021"]],
    ["어제 뭐 샀어?", ["August 13 2021"]],
    ["What did I do last Friday?", ["August 13 2021"]],
    ["What did I do two days ago?", ["August 12 2021"]],
    ["What did I do a couple of days ago?", ["August 11 2021", "August 12 2021", "August 13 2021"]],
    ["Was war vor drei Tagen?", ["August 11 2021"]],
    ["¿Qué hice hace tres días?", ["August 11 2021"]],
    ["Qu'ai-je fait il y a trois jours ?", ["August 11 2021"]],
    ["三天前我去了哪里？", ["August 11 2021"]],
    ["What did I do last week?", WEEK_AGO.map((day) => `${day} 2021`)],
    ["Was war letzte Woche?", WEEK_AGO.map((day) => `${day} 2021`)],
    ["¿Qué hice la semana pasada?", WEEK_AGO.map((day) => `${day} 2021`)],
    ["上周我去了哪里？", WEEK_AGO.map((day) => `${day} 2021`)],
    ["What did I do a year ago?", ["2020"]],
    ["去年我去了哪里？", ["2020"]],
  ])("%s", (question, days) => {
    const [match = "", ...more] = words(question);
    expect(more).toEqual([]);
    const quoted = match.match(/"[^"]*\d[^"]*"/g)?.map((day) => day.slice(1, -1)) ?? [];
    expect(quoted.slice(0, days.length)).toEqual(days);
  });

  it.each([
    ["What did we do last March?", 'NEAR("March" "2021", 1)'],
    ["What did we do last October?", 'NEAR("October" "2020", 1)'],
    ["What did we do last month?", 'NEAR("July" "2021", 1)'],
    ["What did we do this Month?", 'NEAR("August" "2021", 1)'],
    ["What did we do eight months ago?", 'NEAR("December" "2020", 1)'],
    ["What happened in October 2023?", 'NEAR("October" "2023", 1)'],
    ["Was war im Oktober 2023?", 'NEAR("October" "2023", 1)'],
    ["¿Qué pasó en octubre de 2023?", 'NEAR("October" "2023", 1)'],
    ["2023年10月发生了什么？", 'NEAR("October" "2023", 1)'],
  ])("may be a month: %s", (question, expected) => expect(words(question).join()).toContain(expected));

  it.each([
    ["Was habe ich hier gesagt?", "Was habe ich hier gesagt?"],
    ["What did Paris Hilton say?", "What did Paris Hilton say?"],
    ["What is 40/2/10?", "What is 40/2/10?"],
    ["What is at 10.0.4.17?", "What is at 10.0.4.17?"],
    ["What is at 10.1.12.1?", "What is at 10.1.12.1?"],
    ["What changed in version 2.10.3?", "What changed in version 2.10.3?"],
    ["Why did we leave 5.1.12?", "Why did we leave 5.1.12?"],
    ["What did I say in section 3.2. of it?", "What did I say in section 3.2. of it?"],
    ["Is this an apple?", "Is this an apple?"],
    ["What does this tag mean?", "What does this tag mean?"],
    ["What happened on 99 May 2023?", "What happened on 99 May 2023?"],
    ["What happened on 2023-99-99?", "What happened on 2023-99-99?"],
  ])("are none in %s", (question, rest) => {
    expect(daysOf(question, { now: NOW })).toEqual({ terms: [], rest });
  });

  it("leave the question's other words", () => {
    const { rest } = daysOf("What did I buy two weeks ago in Rome?", { now: NOW });
    expect(rest.replace(/\s+/g, " ")).toBe("What did I buy in Rome?");
  });

  it("are days of its time zone, which are of two days in UTC", () => {
    const late = Date.UTC(2021, 7, 14, 20);
    const inTokyo = daysOf("What did I do yesterday?", { now: late, timeZone: "Asia/Tokyo" }).terms[0]?.word;
    expect(inTokyo).toBe('("August 13 2021" OR "August 14 2021")');
    expect(daysOf("What did I do yesterday?", { now: late, timeZone: "No/Where" }).terms[0]?.word).toBe(
      '("August 13 2021")',
    );
  });

  it("have the offset of their own day, not of the day of the question", () => {
    const inLondon = (day: string) =>
      daysOf(day, { now: Date.UTC(2021, 11, 1), timeZone: "Europe/London" }).terms[0]?.word;
    expect(inLondon("2021-07-02")).toContain('("July 1 2021" OR "July 2 2021")');
    expect(inLondon("2021-11-02")).toContain('("November 2 2021")');
  });

  it.each([
    "March 5",
    "the 5th of March",
    "5 March",
    "Mar 5th",
    "5. März",
    "el 5 de marzo",
    `March 5, ${YEAR}`,
    `${YEAR}-03-05`,
  ])("are found however they are written: %s", async (day) => {
    const session = await sessionWith(hidden({ content: `Dentist: ${day}.` }));
    const questions = ["What is on March 5?", "Do I have plans on the 5th of March?", "Was ist am 5. März?"];
    const dated = day.includes(YEAR) ? [`What is on 5 March ${YEAR}?`, `What is on ${YEAR}-03-05?`] : [];
    for (const question of [...questions, ...dated]) {
      expect((await search(session, question))[0]?.content).toBe(`Dentist: ${day}.`);
    }
  });

  it.each([
    ["December 10", "I decided 10 things at 12:10 for 12.10 euros."],
    ["May 5", "Send me 5 mails, or call 05 05 33."],
    ["March 5", "The market has 5 stalls. Mark, 5 years."],
    ["June 2", "It was July 2, not last month."],
  ])("are not found in other words and numbers: %s", async (day, content) => {
    const session = await sessionWith(hidden({ content, createdAt: "2021-07-02T12:00:00Z" }));
    expect((await search(session, `What is on ${day}?`)).map((found) => found.content)).not.toContain(content);
  });

  it("are found in long messages", async () => {
    const days = (month: string) => Array.from({ length: 28 }, (_, at) => `${month} ${at + 1}: shift ${100 + at}`);
    const plan = ["May", "June", "July", "August"].flatMap(days).join("\n");
    const session = await sessionWith(hidden({ content: plan }));
    const [found] = await search(session, "What shift do I have on the 15th of June?");
    expect(found?.content.slice(found.from, found.to)).toContain("June 15: shift 114");
  });

  it("are bounded", () => {
    expect(words("yesterday 2023-01-01 2023-01-02 2023-01-03 2023-01-04 2023-01-05 ".repeat(500))).toHaveLength(4);
  });

  it.each([
    ["What did I book yesterday?", -1],
    ["Was habe ich gestern gebucht?", -1],
    ["¿Qué reservé ayer?", -1],
    ["我昨天订了什么？", -1],
    ["What did I book two weeks ago?", -14],
    ["What did I do yesterday?", -1],
    ["What did I do two weeks ago?", -14],
    [undefined, -100],
  ])("recall what was said then: %s", async (question, days) => {
    const at = new Date(Date.now() + days * 86_400_000);
    const session = await sessionWith([
      ...smallTalk(60),
      { role: "user", content: "A table at Noma.", createdAt: at.toISOString() },
    ]);
    const asked = question ?? `What did I book on ${at.toISOString().slice(0, 10)}?`;
    // With an empty window, the message can only come from recall.
    const response = await llamory.post(`/sessions/${session}/context`, { question: asked, windowTokens: 0 });
    const { memory } = await response.json<{ memory: { recalled: { content: string }[] } }>();
    expect(memory.recalled[0]?.content).toBe("A table at Noma.");
  });
});
