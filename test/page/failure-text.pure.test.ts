import { expect, it } from "vitest";
import { problemFailure } from "../../src/page/failure-text";

const problem = { type: "about:blank", title: "Invalid request", status: 400, requestId: "r" } as const;

it.each([
  [[{ path: "line.2", message: "is not JSON" }], "line.2: is not JSON."],
  [[{ path: "", message: "the body is not valid UTF-8" }], "the body is not valid UTF-8."],
  [undefined, "Correct the fields."],
])("a refusal names the places of what is wrong, if it has any: %j", (errors, text) => {
  const detail = "Correct the fields.";
  expect(problemFailure({ ...problem, code: "invalid_request", detail, errors }).text).toBe(text);
});
