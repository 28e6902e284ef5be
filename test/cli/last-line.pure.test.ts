import { expect, it } from "vitest";
import { LastLine } from "../../src/cli/last-line";

it.each([[["a\nb\n"]], [["a\n", "b\n"]], [["a", "\n", "b"]], [["a\nb", "\n"]]])(
  "the last line is found in the pieces %j",
  (pieces) => {
    const last = new LastLine();
    for (const piece of pieces) last.add(piece);
    expect(last.line).toBe("b");
  },
);
