import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { always, count, described, objects, text } from "../../src/schema/fields";

const messagesOf = (schema: z.ZodMiniType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message);

describe("a described schema", () => {
  it("reports errors in English", () => {
    expect(messagesOf(text("A name."), 1)).toEqual(["Invalid input: expected string, received number"]);
    expect(messagesOf(count("A number."), -1)).toEqual(["Too small: expected number to be >=0"]);
    expect(messagesOf(always("a"), "b")).toEqual(['Invalid input: expected "a"']);
  });

  it("refuses an array that is too long without reading its items", () => {
    const schema = objects("Names.", { name: text("A name.") }).check(z.maxLength(2));
    expect(messagesOf(schema, [1, 2, 3])).toEqual(["Too big: expected array to have <=2 items"]);
    expect(messagesOf(schema, [1])).toEqual(["Invalid input: expected object, received number"]);
  });

  it("keeps its description when checks are added, and leaves the original without it", () => {
    const plain = z.array(z.string());
    const names = described("Names.", plain).check(z.maxLength(2));
    expect(z.globalRegistry.get(names)).toEqual({ description: "Names." });
    expect(z.globalRegistry.get(plain)).toBeUndefined();
    expect(z.toJSONSchema(always(true))).toMatchObject({ const: true, description: "Always true." });
  });
});
