import { expect, it } from "vitest";
import { Calls, callPartsOf } from "../../src/llm/calls";
import { Matcher } from "../../src/llm/json-schema/matches-schema";
import { callsIn } from "../../src/llm/text-calls";

const tools = { list: [{ name: "weather", description: "", parameters: "{}" }], required: false, parallel: true };

it("the arguments of a call may have 100,000 characters, where each part repeats the name too", () => {
  const calls = new Calls();
  const json = JSON.stringify({ text: "x".repeat(90_000) });
  const parts = json.match(/.{1,4}/g) ?? [];
  expect(parts.every((part) => calls.add([{ index: 0, name: "weather", arguments: part }]))).toBe(true);
  expect(calls.end(tools, new Matcher())).toMatchObject({ ok: true, value: [{ name: "weather", arguments: json }] });
});

it("arguments keep the digits that Workers AI streams as numbers", () => {
  const calls = new Calls();
  const parts = [{ name: "weather", arguments: '{"days":' }, { arguments: 1 }, { arguments: 4 }, { arguments: "}" }];
  for (const part of parts) calls.add(callPartsOf([{ index: 0, function: part }]));
  expect(calls.end(tools, new Matcher())).toMatchObject({ ok: true, value: [{ arguments: '{"days":14}' }] });
});

it("a call in a custom tag may end after spaces and a bracket, which are read in linear time", () => {
  const call = "<function=weather>{}";
  const spaces = " ".repeat(200_000);
  expect(callsIn(`${call} > </function>`, ["weather"])).toEqual([{ name: "weather", arguments: "{}" }]);
  expect(callsIn(`${call}${spaces}>${spaces}</function>`, ["weather"])).toHaveLength(1);
  expect(callsIn(`${call}${spaces}Sunny.`, ["weather"])).toBeUndefined();
});
