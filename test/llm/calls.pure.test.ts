import { expect, it } from "vitest";
import { Calls } from "../../src/llm/calls";
import { Matcher } from "../../src/llm/json-schema/matches-schema";

it("the arguments of a call may have 100,000 characters, where each part repeats the name too", () => {
  const calls = new Calls();
  const json = JSON.stringify({ text: "x".repeat(90_000) });
  const parts = json.match(/.{1,4}/g) ?? [];
  expect(parts.every((part) => calls.add([{ index: 0, name: "weather", arguments: part }]))).toBe(true);
  const tools = { list: [{ name: "weather", description: "", parameters: "{}" }], required: false, parallel: true };
  expect(calls.end(tools, new Matcher())).toMatchObject({ ok: true, value: [{ name: "weather", arguments: json }] });
});
