import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { errorText } from "../src/locale";
import { intFromText } from "../src/schema/fields";

const { localeError } = en();
const texts = new Map<string, unknown>();

const schemas = {
  text: z.string().check(z.minLength(2), z.maxLength(3)),
  list: z.array(z.int().check(z.minimum(1), z.maximum(2))).check(z.minLength(2), z.maxLength(2)),
  object: z.strictObject({ a: z.optional(z.boolean()), b: z.optional(z.null()) }),
  choice: z.enum(["a", "b"]),
  constant: z.literal("a"),
  number: z.literal(1),
  either: z.union([z.string(), z.int()]),
  fromText: intFromText(0, 9),
  nothing: z.never(),
  loose: z.looseObject({}),
  checked: z.unknown().check(z.refine(() => false)),
};
const inputs = [
  ...[
    undefined,
    null,
    true,
    0,
    0.5,
    3,
    2 ** 60,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "",
    "a",
    "abcd",
    "12",
    "x".repeat(40),
  ],
  ...[[], [0], [3], [1, 2, 1], ["a"], {}, { c: 1 }, { c: 1, d: 2 }, { a: 1, b: 2 }],
];

describe("the text of an error", () => {
  const before = z.config().localeError;
  beforeAll(() => {
    // Makes both texts from the same issue, because zod removes its input afterwards.
    z.config({
      localeError: (issue) => {
        texts.set(errorText(issue), localeError(issue));
        return errorText(issue);
      },
    });
  });
  afterAll(() => void z.config({ localeError: before }));

  it.each(Object.entries(schemas))("is zod's English one: %s", (_name, schema) => {
    texts.clear();
    for (const input of inputs) z.safeParse(schema, input).error?.issues.map(({ message }) => message);
    expect(texts.size).toBeGreaterThan(0);
    for (const [own, expected] of texts) expect(own).toBe(expected);
  });

  it.each([
    ["text", z.string(), ""],
    ["list", z.array(z.unknown()), []],
  ])("says in plain words that a %s is empty", (_name, schema, empty) => {
    const [issue] = z.safeParse(schema.check(z.minLength(1)), empty).error?.issues ?? [];
    expect(issue?.message).toBe("must not be empty");
  });
});
