import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { datetime, int } from "../../src/schema/fields";

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

describe("a time", () => {
  it.each([
    "2026-11-26T21:40:00Z",
    "2026-11-26T21:40:00.5Z",
    "2024-02-29T00:00:00.000Z",
    "0000-01-01T23:59:59.999999Z",
  ])("is in UTC, with or without fractions of seconds: %s", (time) =>
    expect(messagesOf(datetime(), time)).toBeUndefined(),
  );

  it.each([
    ...["", "now", "2026-11-26", "2026-11-26T21:40Z", "2026-11-26 21:40:00Z", "2026-11-26T21:40:00"],
    ...["2026-11-26T21:40:00+00:00", "2026-11-26t21:40:00z", "2026-11-26T21:40:00.Z", "2026-11-26T21:40:00Z\n"],
    ...["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-26T24:00:00Z"],
    ...["2026-11-26T23:60:00Z", "2026-11-26T23:59:60Z", "+02026-11-26T21:40:00Z"],
  ])("does not exist, or is of another form: %j", (time) => {
    expect(messagesOf(datetime(), time)).toContain("Invalid ISO datetime");
  });
});
