import { expect, it } from "vitest";
import { changesIn } from "../../src/turn/extraction-prompt";

const added = (reply: unknown) => {
  const usage = { promptTokens: 1, completionTokens: 1, totalTokens: 2 };
  const text = JSON.stringify(reply);
  const changes = changesIn({ model: "m", text, reasoning: "", finishReason: "stop", usage }, []);
  return changes?.flatMap((change) => (change.do === "add" ? [change] : []));
};

/** Returns the time spans of the facts that a model added. */
const spansOf = (...spans: { since?: unknown; until?: unknown }[]) =>
  added({ changes: spans.map((span) => ({ do: "add", text: "Lives in Lisbon.", ...span })) })?.map(
    ({ since, until }) => [since, until],
  );

it("days that do not exist, and ends before the beginning, are left out of learned facts", () => {
  expect(
    spansOf(
      { since: "2026-02-28", until: "2026-03-01" },
      { since: "2026-02-30", until: "2026-13-01" },
      { since: "2026-03-01", until: "2020-01-01" },
      { since: "spring", until: 2026 },
      {},
    ),
  ).toEqual([
    ["2026-02-28", "2026-03-01"],
    [null, null],
    ["2026-03-01", null],
    [null, null],
    [null, null],
  ]);
});

it.each([
  ["Lives in Lisbon. (since 2026-01-01)", {}, "2026-01-01", null],
  ["Lives in Lisbon (until 2026-02-01).", {}, null, "2026-02-01"],
  ["Lives in Lisbon. (since 2026-01-01, until 2026-02-01)", { since: null, until: null }, "2026-01-01", "2026-02-01"],
  ["Lives in Lisbon. (since 2026-01-01)", { since: "2026-01-05" }, "2026-01-05", null],
])("a time span in the text is the fact's own: %j with %j", (text, span, since, until) => {
  expect(added({ changes: [{ do: "add", text, ...span }] })).toEqual([
    { do: "add", text: "Lives in Lisbon.", since, until },
  ]);
});

it.each(["Works at Acme (since the merger).", "Is a nurse (since 2020).", "Calls main() often."])(
  "other words in brackets stay in the text: %s",
  (text) => {
    expect(added({ changes: [{ do: "add", text }] })).toMatchObject([{ text, since: null, until: null }]);
  },
);

it("changes that are no objects, or name unknown verbs, are skipped one by one", () => {
  const changes = [null, "add", 7, [null], { do: "ADD", text: "Has a dog." }, { do: "forget", text: "Has a cat." }];
  expect(added({ changes })?.map(({ text }) => text)).toEqual(["Has a dog."]);
  expect(added({ changes: null })).toEqual([]);
});
