import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { int } from "../../src/schema/fields";

const messagesOf = (schema: z.ZodMiniType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe("a schema", () => {
  it("reports errors in English", () => {
    expect(messagesOf(z.string(), 1)).toEqual(["Invalid input: expected string, received number"]);
    expect(messagesOf(int(0), -1)).toEqual(["Too small: expected number to be >=0"]);
    expect(messagesOf(z.literal("a"), "b")).toEqual(['Invalid input: expected "a"']);
  });

  it("refuses an array that is too long without reading its items", () => {
    const schema = z.array(z.object({ name: z.string() })).check(z.maxLength(2));
    expect(messagesOf(schema, [1, 2, 3])).toEqual(["Too big: expected array to have <=2 items"]);
    expect(messagesOf(schema, [1])).toEqual(["Invalid input: expected object, received number"]);
  });
});
