import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import openapi from "../../openapi.json";
import { described } from "../../scripts/openapi/described";
import { withDescriptions } from "../../scripts/openapi/doc-comments";
import { chatRequest } from "../../src/schema/chat-schema";
import { responsesRequest } from "../../src/schema/responses-schema";

/** Returns the code that the generator of the OpenAPI document reads, without spaces and the import. */
const read = (source: string) =>
  withDescriptions(source, "described.ts")
    .replace(/import \{ described \}.*/, "")
    .replace(/\/\*\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .trim();

describe("a doc comment", () => {
  it("describes a property, also one without a value, and properties inside of it", () => {
    expect(
      read("z.object({ /** The user. */ user: z.object({ /** The id. */ id }), /** The text. */ text: z.string() })"),
    ).toBe(
      'z.object({ user: described("The user.", z.object({ id: described("The id.", id) })), text: described("The text.", z.string()) })',
    );
    expect(read('({ /** The id. */ "x-id": id })')).toBe('({ "x-id": described("The id.", id) })');
  });

  it("describes a constant, and the result of a function without parameters", () => {
    expect(read("/** The id. */\nconst id = z.string();")).toBe('const id = described("The id.", z.string());');
    expect(read("/** The id. */\nexport const id = z.string();")).toBe(
      'export const id = described("The id.", z.string());',
    );
    expect(read("/** The id. */\nexport const id = () => z.string();")).toBe(
      'export const id = () => described("The id.", z.string());',
    );
  });

  it("of several lines is one line, and keeps its quotation marks", () => {
    expect(read('/**\n * The "id",\n * long.\n */\nconst id = z.string();')).toBe(
      'const id = described("The \\"id\\", long.", z.string());',
    );
  });

  it("describes nothing else", () => {
    for (const source of [
      "/** Returns an id. */ const id = (length: number) => z.string();",
      "/** Returns an id. */ const id = () => { return z.string(); };",
      "/** Returns an id. */ function id() { return z.string(); }",
      "/** The id. */ interface Id { /** The text. */ text: string; }",
      "/** The id. */ let id: string;",
      "const { /** The id. */ id } = ids;",
      "const ids = { /** Returns an id. */ id() { return 1; } };",
      "/* The id. */ const id = z.string(); // The text. */",
      "/** The id. */ // of a user\nconst id = z.string();",
    ])
      expect(read(source), source).not.toContain("described(");
  });
});

describe("a described schema", () => {
  it("keeps its description when checks are added, and leaves the original without it", () => {
    const plain = z.array(z.string());
    const names = described("Names.", plain).check(z.maxLength(2));
    expect(z.globalRegistry.get(names)).toEqual({ description: "Names." });
    expect(z.globalRegistry.get(plain)).toBeUndefined();
    expect(names.safeParse([1, 2, 3]).error?.issues).toMatchObject([{ code: "too_big", path: [] }]);
  });

  it("can be described again", () => {
    const first = described("A name.", z.string());
    expect(z.toJSONSchema(z.object({ first, second: described("Another.", z.optional(first)) }))).toMatchObject({
      properties: { first: { description: "A name." }, second: { description: "Another." } },
    });
  });

  it("is the only value that changes", () => {
    const value = () => z.string();
    expect(described("A function.", value)).toBe(value);
    expect(described("A number.", 1)).toBe(1);
  });
});

describe("a field that is not supported", () => {
  const { ChatCompletionsRequest, ResponsesRequest } = openapi.components.schemas;
  const fields = [
    ...Object.entries(ChatCompletionsRequest.properties).map((field) => [chatRequest, ...field] as const),
    ...Object.entries(ResponsesRequest.properties).map((field) => [responsesRequest, ...field] as const),
  ].flatMap(([schema, name, { description }]) => {
    const reason = /^Not supported: (.*)\.$/.exec(description)?.[1];
    return reason === undefined ? [] : { schema, name, reason };
  });

  it("gives the same reason in its description and in its error", () => {
    expect(fields.map(({ name }) => name)).toEqual(expect.arrayContaining(["n", "audio", "background"]));
    for (const { schema, name, reason } of fields) {
      const issues = schema.safeParse({ [name]: "other" }).error?.issues ?? [];
      const [issue] = issues.filter(({ path }) => path[0] === name);
      expect(issue?.message, name).toBe(`is not supported: ${reason}`);
    }
  });
});
