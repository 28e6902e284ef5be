import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonValues } from "../../src/converters/json-stream";

/** Yields a text in pieces that end at these places. */
async function* pieces(text: string, ends: number[]): AsyncGenerator<string> {
  let from = 0;
  for (const end of [...ends.map((at) => at % (text.length + 1)), text.length].sort((a, b) => a - b)) {
    yield text.slice(from, end);
    from = end;
  }
}

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
};

describe("jsonValues", () => {
  it("yields the elements of a list, wherever the text is split", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json()), fc.array(fc.nat()), fc.boolean(), async (texts, ends, spaced) => {
        const values = texts.map((text): unknown => JSON.parse(text));
        const list = JSON.stringify(values, null, spaced ? 2 : 0);
        expect(await all(jsonValues(pieces(list, ends)))).toEqual(values);
      }),
    );
  });

  it("yields the values of lines, unless the first one is a list", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.json()), fc.array(fc.nat()), async (texts, ends) => {
        const values = [{}, ...texts.map((text): unknown => JSON.parse(text))];
        const lines = values.map((value) => JSON.stringify(value)).join("\n");
        expect(await all(jsonValues(pieces(lines, ends)))).toEqual(values);
      }),
    );
  });

  it("refuses a value that is too long", async () => {
    await expect(all(jsonValues(pieces(`["${"x".repeat(100)}"]`, []), 50))).rejects.toThrow(/more than 50 characters/);
  });

  it("reads the control characters of Telegram, which JSON does not have", async () => {
    const text = String.raw`[{"text":"a\x0Bb\\x0B \"c\" \u0041"}, {"text":"\\\x1F"}]`;
    expect(await all(jsonValues(pieces(text, [9])))).toEqual([{ text: 'a\u000bb\\x0B "c" A' }, { text: "\\\u001f" }]);
    await expect(all(jsonValues(pieces(String.raw`[{"text":"\x4"}]`, [])))).rejects.toThrow("not valid JSON");
  });

  it("takes a value of 200,000 levels", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(await all(jsonValues(pieces(`[${deep}]`, [7])))).toHaveLength(1);
  });
});
