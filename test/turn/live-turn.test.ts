import { describe, expect, it } from "vitest";
import type { Encoder } from "../../src/turn/encodings";
import { LiveTurn, MAX_FOLLOWERS, NO_MEMORY } from "../../src/turn/live-turn";
import type { Result } from "../../src/turn/result";
import type { FinishedTurn, TurnEvent } from "../../src/turn/types";
import { encoderOf, type Form } from "../../src/wire/forms";

const finished: FinishedTurn = {
  status: "complete",
  answer: "one two three",
  model: "m",
  finishReason: "stop",
  usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 },
  memory: NO_MEMORY,
};
const begun = () => new LiveTurn({ id: "t", question: "q", createdAt: 0 });

const echo = {
  instructions: null,
  max_output_tokens: null,
  temperature: null,
  previous_response_id: null,
  conversation: null,
  store: true,
  given: '{"tools":[],"tool_choice":"auto","parallel_tool_calls":true,"text":{"format":{"type":"text"}}}',
};
const ask = (requestId: string): Form => ({ name: "ask", sessionId: "s", requestId });
const forms: [name: string, form: Form][] = [
  ["ask", ask("r")],
  ["chat", { name: "chat", created: 1, includeUsage: true }],
  ["responses", { name: "responses", created: 1, sessionId: "s", echo }],
];

/** Reads a stream to its end and removes its comments. */
const read = async (bytes: ReadableStream<Uint8Array>) =>
  (await new Response(bytes).text()).replaceAll(/^:.*\n\n/gm, "");

function opened(followed: Result<ReadableStream<Uint8Array>>): ReadableStream<Uint8Array> {
  if (!followed.ok) throw new Error(followed.failure.reason);
  return followed.value;
}

/** Returns encoders of a form, and a list of all events that they encode. */
function counted(form: Form): { encoder: () => Encoder; encoded: TurnEvent[] } {
  const encoded: TurnEvent[] = [];
  const encoder = () => {
    const { encode, ...rest } = encoderOf(form, "t");
    return {
      ...rest,
      encode: (event: TurnEvent) => {
        encoded.push(event);
        return encode(event);
      },
    };
  };
  return { encoder, encoded };
}

describe("the followers of a turn", () => {
  it.each(forms)("share what is encoded once, also those who come late, in the form %s", async (_name, form) => {
    const { encoder, encoded } = counted(form);
    const turn = begun();
    const asker = turn.stream(encoder());
    const early = Array.from({ length: 20 }, () => opened(turn.follow(encoder(), null)));
    turn.start("m", NO_MEMORY);
    turn.say({ kind: "text", text: "one " });
    turn.say({ kind: "text", text: "two " });
    const late = Array.from({ length: 20 }, () => opened(turn.follow(encoder(), null)));
    turn.say({ kind: "text", text: "three" });
    turn.finish(finished);
    expect(encoded.map(({ type }) => type)).toEqual(["start", "delta", "delta", "delta", "done"]);
    const texts = await Promise.all([asker, ...early, ...late].map(read));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain("three");
    const numbers = [...(texts[0] ?? "").matchAll(/"sequence_number":(\d+)/g)].map(([, at]) => Number(at));
    // Numbers of responses count the characters of the text, so that a replay in one part has the same ones.
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  });

  it("share nothing between two forms", async () => {
    const turn = begun();
    const streams = forms.map(([, form]) => turn.stream(encoderOf(form, "t")));
    turn.start("m", NO_MEMORY);
    turn.say({ kind: "text", text: "one two three" });
    turn.finish(finished);
    const texts = await Promise.all(streams.map(read));
    expect(texts.map((text) => /event: start|chat\.completion\.chunk|response\.created/.exec(text)?.[0])).toEqual([
      "event: start",
      "chat.completion.chunk",
      "response.created",
    ]);
  });

  it("get what they miss, cut where they left, and the rest as all others do", async () => {
    const { encoder, encoded } = counted(ask("r"));
    const turn = begun();
    turn.start("m", NO_MEMORY);
    turn.say({ kind: "text", text: "one " });
    turn.say({ kind: "text", text: "two " });
    const after = [0, 2, 4, 6, 8].map((at) => opened(turn.follow(encoder(), at)));
    turn.say({ kind: "text", text: "three" });
    turn.finish(finished);
    const texts = await Promise.all(after.map(read));
    const said = (text: string) => [...text.matchAll(/^data: \{"text":"(.*)"\}$/gm)].map(([, part]) => part).join("");
    expect(texts.map(said)).toEqual(["one two three", "e two three", "two three", "o three", "three"]);
    // Five whole events, and two that are cut.
    expect(encoded).toHaveLength(7);
  });

  it("are told of a failure each with their own request, and of all else with the same bytes", async () => {
    const turn = begun();
    const streams = ["a", "b", "c"].map((id) => opened(turn.follow(encoderOf(ask(id), "t"), null)));
    turn.start("m", NO_MEMORY);
    turn.fail({ reason: "turn_interrupted" });
    streams.push(opened(turn.follow(encoderOf(ask("d"), "t"), null)));
    const texts = await Promise.all(streams.map(read));
    expect(texts.map((text) => /"requestId":"(\w)"/.exec(text)?.[1])).toEqual(["a", "b", "c", "d"]);
    expect(new Set(texts.map((text) => text.replace(/"requestId":"\w"/, ""))).size).toBe(1);
  });

  it("are so many at most, but the client that asked is never refused; one that leaves makes room", async () => {
    const turn = begun();
    const encoder = encoderOf(ask("r"), "t");
    const follow = () => turn.follow(encoder, null);
    const [first, ...others] = Array.from({ length: MAX_FOLLOWERS }, () => opened(follow()));
    const full = { ok: false, failure: { reason: "turn_followers_full", limit: MAX_FOLLOWERS } };
    expect(follow()).toEqual(full);
    const asker = turn.stream(encoder);
    turn.start("m", NO_MEMORY);
    await first?.cancel();
    expect(follow()).toEqual(full);
    await others[0]?.cancel();
    expect(follow().ok).toBe(true);
    turn.finish(finished);
    expect(await read(asker)).toContain("event: done");
  });
});

describe("half a character at the end of a part", () => {
  const BEE = "\u{1f41d}";
  const [high = "", low = ""] = BEE.split("");

  /** Sends parts, and returns the texts of the deltas and the stored answer. */
  async function said(...parts: string[]): Promise<{ deltas: string[]; answer: string }> {
    const turn = begun();
    const stream = turn.stream(encoderOf(ask("r"), "t"));
    turn.start("m", NO_MEMORY);
    for (const text of parts) turn.say({ kind: "text", text });
    turn.flush();
    const { answer } = turn.snapshot("complete");
    turn.finish({ ...finished, answer });
    const text = await read(stream);
    return { deltas: [...text.matchAll(/^data: \{"text":"(.*)"\}$/gm)].map(([, delta = ""]) => delta), answer };
  }

  it("waits for the other half, which comes with the next part", async () => {
    expect(await said(`A ${high}`, `${low}!`)).toEqual({ deltas: ["A ", `${BEE}!`], answer: `A ${BEE}!` });
  });

  it("waits alone, and emits nothing until then", async () => {
    expect(await said(high, low)).toEqual({ deltas: [BEE], answer: BEE });
  });

  it("is replaced if the other half does not come", async () => {
    expect(await said(`A ${high}`, "b")).toEqual({ deltas: ["A ", "\ufffdb"], answer: "A \ufffdb" });
    expect(await said(`A ${low}`)).toEqual({ deltas: ["A \ufffd"], answer: "A \ufffd" });
  });

  it("is emitted as a replacement at the end of the answer", async () => {
    expect(await said(`A ${high}`)).toEqual({ deltas: ["A ", "\ufffd"], answer: "A \ufffd" });
  });

  it("does not hold up a whole character", async () => {
    expect(await said(BEE, BEE)).toEqual({ deltas: [BEE, BEE], answer: BEE + BEE });
  });
});
