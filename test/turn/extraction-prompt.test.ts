import { expect, it } from "vitest";
import { changesIn } from "../../src/turn/extraction-prompt";

/** Returns the time spans of the facts that a model added. */
const spansOf = (...spans: { since?: unknown; until?: unknown }[]) => {
  const text = JSON.stringify({ changes: spans.map((span) => ({ do: "add", text: "Lives in Lisbon.", ...span })) });
  const usage = { promptTokens: 1, completionTokens: 1, totalTokens: 2 };
  const changes = changesIn({ model: "m", text, reasoning: "", finishReason: "stop", usage }, []);
  return changes?.map((change) => (change.do === "add" ? [change.since, change.until] : []));
};

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
