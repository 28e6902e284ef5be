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

it.each([
  ["a raw line break in a text", '{"city": "Par\nis"}', '{"city":"Par\\nis"}'],
  ["Python's quotes and constants", "{'city': 'Paris', 'warm': True}", '{"city":"Paris","warm":true}'],
  ["a comma at the end", '{"city": "Paris",}', '{"city":"Paris"}'],
  ["a brace too many", '{"city": "Paris"}}', '{"city": "Paris"}'],
  ["a code fence", '```json\n{"city": "Paris"}\n```', '{"city": "Paris"}'],
  ["a second encoding", '"{\\"city\\": \\"Paris\\"}"', '{"city": "Paris"}'],
  ["nothing", " ", "{}"],
  ["null", "null", "{}"],
  ["an empty text, encoded", '""', "{}"],
])("arguments may have %s", (_what, given, json) => {
  const calls = new Calls();
  calls.add(callPartsOf([{ name: "weather", arguments: given }]));
  expect(calls.end(tools, new Matcher())).toMatchObject({ ok: true, value: [{ arguments: json }] });
});

it.each([
  "Paris",
  '["Paris"]',
  "5",
  '{"city": ',
  '{"place": {"city": "Paris"}',
  '{"place": {"city": "Paris"}, "days": [1, {}], "name": "',
  "{'place': {'city': 'Paris'}",
])("arguments that are no whole object are malformed: %s", (given) => {
  const calls = new Calls();
  calls.add(callPartsOf([{ name: "weather", arguments: given }]));
  expect(calls.end(tools, new Matcher())).toMatchObject({ failure: { reason: "model_reply_malformed" } });
});

it("arguments may have 100,000 characters, where each part repeats all before it", () => {
  const calls = new Calls();
  const json = JSON.stringify({ text: "x".repeat(90_000) });
  for (let end = 1_000; end < json.length + 1_000; end += 1_000) {
    expect(calls.add([{ index: 0, name: "weather", arguments: json.slice(0, end) }])).toBe(true);
  }
  expect(calls.end(tools, new Matcher())).toMatchObject({ ok: true, value: [{ name: "weather", arguments: json }] });
});

it("a tool whose own name has a namespace is called by that name", () => {
  const list = ["weather", "functions.weather"].map((name) => ({ name, description: "", parameters: "{}" }));
  const calls = new Calls();
  calls.add(callPartsOf([{ name: "functions.weather", arguments: "{}" }]));
  expect(calls.end({ ...tools, list }, new Matcher())).toMatchObject({ value: [{ name: "functions.weather" }] });
});

it("a call in a custom tag may end after spaces and a bracket, which are read in linear time", () => {
  const call = "<function=weather>{}";
  const spaces = " ".repeat(200_000);
  expect(callsIn(`${call} > </function>`, ["weather"])).toEqual([{ name: "weather", arguments: "{}" }]);
  expect(callsIn(`${call}${spaces}>${spaces}</function>`, ["weather"])).toHaveLength(1);
  expect(callsIn(`${call}${spaces}Sunny.`, ["weather"])).toBeUndefined();
});
