import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SseEvents } from "../../src/llm/sse-events";

type Event = [data: string, name: string];

function eventsOf(pieces: string[]): Event[] {
  const events: Event[] = [];
  const reader = new SseEvents((data, name, ended) => {
    if (ended) events.push([data, name]);
    return false;
  });
  for (const piece of pieces) reader.feed(piece);
  return events;
}

/** The events that another parser reads. */
function expectedOf(pieces: string[]): Event[] {
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ data, event }) => events.push([data, event ?? ""]) });
  for (const piece of pieces) parser.feed(piece);
  return events;
}

const part = fc.oneof(
  fc.constantFrom(
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    ":",
    " ",
    "data",
    "data:",
    "data: ",
    "event:",
    "event: ",
    "id: 1",
    "retry: 9",
  ),
  fc.string({ maxLength: 5, unit: "binary" }).map((text) => text.replaceAll("\uFEFF", "")),
);

describe("server-sent events", () => {
  it("are read as by another parser, for any text in any pieces", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
          { maxLength: 30 },
        ),
        (pieces) => {
          expect(eventsOf(pieces)).toEqual(expectedOf(pieces));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each<[what: string, text: string, events: Event[]]>([
    ["several lines of data", "data: a\ndata:b\ndata\n\n", [["a\nb\n", ""]]],
    [
      "a name",
      "event: error\ndata: a\n\ndata: b\n\n",
      [
        ["a", "error"],
        ["b", ""],
      ],
    ],
    ["one space after the colon", "data:  a: b\n\n", [[" a: b", ""]]],
    ["comments, ids and unknown fields", ": ping\n\nid: 1\nretry: 5\nfoo: bar\ndata: a\n\n", [["a", ""]]],
    [
      "each end of a line",
      "data: a\r\rdata: b\r\n\r\ndata: c\n\n",
      [
        ["a", ""],
        ["b", ""],
        ["c", ""],
      ],
    ],
    ["a name without data", "event: ping\n\ndata: a\n\n", [["a", ""]]],
    ["an event that has not ended", "data: a\n", []],
  ])("have %s", (_what, text, events) => {
    expect(eventsOf([text])).toEqual(events);
    expect(eventsOf([...text])).toEqual(events);
  });

  it("may end after their first line of data", () => {
    const events: Event[] = [];
    const reader = new SseEvents((data, name, ended) => {
      const isTaken = ended || data.endsWith("}");
      if (isTaken) events.push([data, name]);
      return isTaken;
    });
    reader.feed('data: {"a":1}\ndata: {"b":\ndata: 2}\n\ndata: {"c":3}\n');
    expect(events.map(([data]) => data)).toEqual(['{"a":1}', '{"b":\n2}', '{"c":3}']);
  });

  it("cost linear time in one line of a million pieces", () => {
    const pieces = ["data: ", ...Array.from({ length: 1_000_000 }, () => "a"), "\n\n"];
    expect(eventsOf(pieces)).toEqual([["a".repeat(1_000_000), ""]]);
  });
});
