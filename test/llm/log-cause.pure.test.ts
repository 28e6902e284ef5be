import { describe, expect, it } from "vitest";
import { causeOf, VOCABULARY } from "../../src/llm/log-cause";

describe("the cause of a model error", () => {
  it.each(VOCABULARY.map(([word]) => word))("%s is the same when it is reduced once more", (word) => {
    expect(causeOf(word)).toBe(word);
  });

  it("keeps that a model does not reason, behind an entrypoint too", () => {
    const cause = causeOf('400: HTTP 400 "gemma3:4b" does not support thinking');
    expect(causeOf(cause)).toBe(cause);
    expect(cause).toBe("400: HTTP 400 reasoning not supported");
  });
});
