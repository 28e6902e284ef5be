import { describe, expect, it } from "vitest";
import { COUNTS, NAMES, TIMES, traitsOf } from "../../../src/do/memory/traits";
import { search, sessionWith, smallTalk } from "../../support/memory";

describe("what a message looks like", () => {
  it.each([
    ["Where is it?", 0],
    ["I met Pavel there.", NAMES],
    ["They call it “home”.", NAMES],
    ["Thanks so much, Marta", 0],
    ["So I left.", 0],
    ["It was last spring.", TIMES],
    ["There were seven of us", COUNTS],
    ["It cost 40 euros in Oslo last year", COUNTS | NAMES | TIMES],
    ["nothing of it", 0],
  ])("%s", (content, traits) => expect(traitsOf(content, new Set(["marta"]))).toBe(traits));

  it("decides between messages that fit a question equally", async () => {
    const say = (content: string, createdAt: string) => ({ role: "user", content, createdAt });
    const session = await sessionWith([
      say("The beehives are in the garden.", "2021-01-01T00:00:00Z"),
      ...smallTalk(20),
      say("The beehives are seven by now.", "2021-06-01T00:00:00Z"),
      ...smallTalk(20),
      say("The beehives are doing well.", "2021-09-01T00:00:00Z"),
    ]);
    expect((await search(session, "How many beehives are there?"))[0]?.content).toContain("seven");
  });
});
