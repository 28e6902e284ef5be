import { describe, expect, it } from "vitest";
import { dayWords } from "../../../src/do/memory/days";
import { hidden, search, sessionWith } from "../../support/memory";

/** A Saturday. */
const SAID = Date.UTC(2021, 7, 14, 10);

describe("the days that a message means", () => {
  it.each([
    ["nothing in particular", ""],
    ["It was yesterday.", "Friday August 13 2021"],
    ["We left the day before yesterday", "Thursday August 12 2021"],
    ["last night was long", "Friday August 13 2021"],
    ["Tomorrow, then.", "Sunday August 15 2021"],
    ["the day after tomorrow", "Monday August 16 2021"],
    ["last Friday", "Friday August 13 2021"],
    ["last Saturday", "Saturday August 7 2021"],
    ["next Saturday", "Saturday August 21 2021"],
    ["next monday", "Monday August 16 2021"],
    ["two weeks ago", "Saturday July 31 2021"],
    ["a couple of days ago", "Thursday August 12 2021"],
    ["10 days ago", "Wednesday August 4 2021"],
    ["last week", "Saturday August 7 2021"],
    ["last month", "July 2021"],
    ["eight months ago", "December 2020"],
    ["next year", "2022"],
    ["a year ago", "2020"],
    ["in three months", "November 2021"],
  ])("%s", (text, expected) => {
    expect(dayWords(text, SAID)).toBe(["Saturday August 14 2021", expected].filter(Boolean).join(" "));
  });

  it("are bounded", () => {
    expect(dayWords("yesterday ".repeat(1_000), SAID).split("Friday")).toHaveLength(9);
  });

  it("are how a message is found", async () => {
    const session = await sessionWith(
      hidden({ content: "We went sailing three months ago.", createdAt: "2021-08-14T10:00:00Z" }),
    );
    expect((await search(session, "What happened in May 2021?"))[0]?.content).toContain("sailing");
  });
});
