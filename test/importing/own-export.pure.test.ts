import { expect, it } from "vitest";
import { linesOfText } from "../../src/importing/own-export";

it.each([[["a\nb\n"]], [["a\n", "b\n"]], [["a", "\n", "b"]], [["", "a\nb", "\n\n"]]])(
  "the lines of an export are found in the pieces %j",
  async (pieces) => {
    const lines: string[] = [];
    for await (const line of linesOfText(pieces)) lines.push(line);
    expect(lines).toEqual(["a", "b"]);
  },
);
