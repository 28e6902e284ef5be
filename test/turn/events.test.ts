import { describe, expect, it } from "vitest";
import { eventsAfter, eventsOf, isLast } from "../../src/turn/events";
import { NO_MEMORY } from "../../src/turn/live-turn";
import type { FinishedTurn, StoredTurn, TurnEvent } from "../../src/turn/types";

const finished: FinishedTurn = {
  status: "complete",
  answer: "one two",
  model: "m",
  finishReason: "stop",
  usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 },
  memory: NO_MEMORY,
};
const start: TurnEvent = { type: "start", model: "m", memory: NO_MEMORY };
const done: TurnEvent = { type: "done", finished };
const stored = (status: StoredTurn["status"], answer = "one two"): StoredTurn => ({
  ...{ ...finished, status, answer },
  ...{ id: "t", question: "q", createdAt: 0, finishedAt: 1 },
});

describe("the events that a client lacks", () => {
  const events: TurnEvent[] = [
    start,
    { type: "delta", text: "one ", at: 4 },
    { type: "delta", text: "two", at: 7 },
    done,
  ];
  const textAfter = (after: number) =>
    eventsAfter(events, after).map((event) => (event.type === "delta" ? event.text : event.type));

  it("are all, in a list of their own, if it has none", () => {
    expect(eventsAfter(events, null)).toEqual(events);
    expect(eventsAfter(events, null)).not.toBe(events);
  });

  it("begin behind its last character", () => {
    expect(textAfter(0)).toEqual(["one ", "two", "done"]);
    expect(textAfter(1)).toEqual(["ne ", "two", "done"]);
    expect(textAfter(3)).toEqual([" ", "two", "done"]);
    expect(textAfter(4)).toEqual(["two", "done"]);
    expect(textAfter(5)).toEqual(["wo", "done"]);
  });

  it("are the end alone if it has the whole answer, or claims to have more", () => {
    expect(textAfter(7)).toEqual(["done"]);
    expect(textAfter(99)).toEqual(["done"]);
  });
});

describe("the events of a turn that is over", () => {
  it("have its answer in one piece", () => {
    expect(eventsOf(finished)).toEqual([start, { type: "delta", text: "one two", at: 7 }, done]);
  });

  it("have no piece for an empty answer", () => {
    expect(eventsOf({ ...finished, answer: "" }).map(({ type }) => type)).toEqual(["start", "done"]);
  });

  const failures: [status: StoredTurn["status"], reason: string][] = [
    ["cancelled", "turn_cancelled"],
    ["interrupted", "turn_interrupted"],
    ["running", "turn_interrupted"],
  ];
  it.each(failures)("end with a failure if it is %s, with the number of characters before", (status, reason) => {
    expect(eventsOf(stored(status)).at(-1)).toEqual({ type: "failed", failure: { reason }, at: 7 });
    expect(eventsOf(stored(status, "")).at(-1)).toMatchObject({ at: 0 });
  });

  it("end with the only event after which none comes", () => {
    for (const events of [eventsOf(finished), eventsOf(stored("cancelled"))]) {
      expect(events.map(isLast)).toEqual([false, false, true]);
    }
  });
});
