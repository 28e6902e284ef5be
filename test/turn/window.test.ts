import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDates } from "../../src/turn/dates";
import { lineTokens } from "../../src/turn/prompt-blocks";
import { leastTokens, shortenMessage } from "../../src/turn/shorten-message";
import type { Message } from "../../src/turn/types";
import { fitWindow, planExchange } from "../../src/turn/window";
import { message, transcripts } from "../support/transcripts";

const rooms = fc.oneof(fc.integer({ min: 200, max: 1_000 }), fc.integer({ min: 1_000, max: 20_000 }));
const costOf = (messages: Message[]) => messages.reduce((sum, one) => sum + lineTokens(one), 0);

/** Returns the messages from the last answered user message to the end; without one, the last message. */
function lastExchange(messages: Message[]): Message[] {
  const answer = messages.findLastIndex(({ role }) => role === "assistant");
  const question = messages.findLastIndex(({ role }, at) => role === "user" && at < answer);
  return messages.slice(question === -1 ? -1 : question);
}

describe("the window of any transcript in any room", () => {
  // All properties use the same transcripts, so their tokens are estimated once.
  const samples = fc.sample(fc.tuple(transcripts, rooms), { numRuns: 200, seed: 7 }).map(([undated, room]) => {
    // Each message is from another day, so each question shows a date.
    const days = undated.map((one) => ({ ...one, createdAt: one.seq * 86_400_000 }));
    const messages = withDates(days, "UTC");
    return { messages, room, window: fitWindow(messages, room) };
  });
  const property = (check: (window: Message[], messages: Message[], room: number) => void) => {
    for (const { messages, room, window } of samples) check(window, messages, room);
  };

  it("fits", () => {
    property((window, _, room) => {
      expect(costOf(window)).toBeLessThanOrEqual(room);
    });
  });

  it("contains the last exchange, or its beginning and its end", () => {
    property((window, messages, room) => {
      const last = lastExchange(messages);
      const seqs = new Set(window.map(({ seq }) => seq));
      expect(seqs).toContain(last.at(-1)?.seq);
      // In a very small room, a question may not fit beside a call with its results.
      if (room >= 400) expect(seqs).toContain(last[0]?.seq);
    });
  });

  it("keeps the beginning and the end of a message that it shortens, and counts the characters that it leaves out", () => {
    property((window, messages) => {
      for (const { seq, content, leftOut, toolCalls } of window) {
        const whole = messages[seq - 1]?.content ?? "";
        if (leftOut === undefined) expect(content).toBe(whole);
        else if (!toolCalls) {
          expect(content).toContain("characters left out …]");
          const kept = content.replace(/\n?\[… [\d,]+ characters left out …\]\n?/, "");
          expect(whole.length - kept.length).toBeGreaterThanOrEqual(leftOut - 2);
        }
      }
    });
  });

  it("never begins with an answer if there is a user message before it", () => {
    property((window, messages) => {
      const first = window[0];
      if (first?.role === "user" || first?.role === "system") return;
      expect(messages.slice(0, first?.seq).some(({ role }) => role === "user")).toBe(false);
    });
  });

  it("has every call with its results, and no result without its call", () => {
    property((window) => {
      const calls = window.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id }) => id));
      const results = window.flatMap(({ toolCallId }) => toolCallId ?? []);
      expect(results.toSorted()).toEqual(calls.toSorted());
    });
  });

  it("leaves at most a quarter of its room unused while older messages exist", () => {
    property((window, messages, room) => {
      const first = window[0]?.seq ?? 0;
      const older = messages.slice(0, first - 1).some(({ role }) => role === "user");
      const shortened = window.some(({ leftOut }) => leftOut !== undefined);
      // Calls with results keep their names and ids: in a small room they may not fit beside another message.
      if ((older || shortened) && room >= 1_200) expect(costOf(window)).toBeGreaterThanOrEqual(room * 0.75);
    });
  });
});

it("an exchange without messages takes nothing of any room", () => {
  for (const room of [-1, 0, 1_000]) expect(planExchange([], room)).toEqual([]);
});

it("a dated message that is shortened takes no more than its room, and none that is whole counts as shortened", () => {
  const dated = { ...message(1, "user", 60), date: "Thu 1970-01-01" };
  for (let most = leastTokens(dated); most < lineTokens(dated); most += 1) {
    const short = shortenMessage(dated, most);
    expect(lineTokens(short)).toBeLessThanOrEqual(most);
    expect(short.leftOut).toBeGreaterThan(0);
  }
});
