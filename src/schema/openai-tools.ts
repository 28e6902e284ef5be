/** Tools, tool choice and answer format of the OpenAI surface. */
import * as z from "zod";
import { MAX_TOOLS } from "../limits";
import { functionName } from "./call-schema";
import { isSmallJson } from "./json-size";

/** The longest JSON Schema of an argument list or an answer: characters of its JSON, and levels of nesting. */
const MAX_SCHEMA = { characters: 64_000, levels: 200 };

const schema = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => isSmallJson(value, MAX_SCHEMA),
    `must be at most ${MAX_SCHEMA.characters} characters of JSON, in ${MAX_SCHEMA.levels} levels`,
  );

export const described = {
  name: functionName,
  description: z.string().max(10_000).nullish(),
  /** JSON Schema of an object; none by default. */
  parameters: schema.nullish(),
  strict: z.boolean().nullish(),
};

const functionsOnly = "is not supported: a tool is a function, `type` is `function`";
const type = z.literal("function", functionsOnly);

export const chatTools = z
  .array(z.object({ type, function: z.object(described) }))
  .max(MAX_TOOLS)
  .nullish();
export const responsesTools = z
  .array(z.object({ type, ...described }))
  .max(MAX_TOOLS)
  .nullish();

const choice = (name: z.ZodType<{ name: string }>) =>
  z
    .union([z.enum(["none", "auto", "required"]), name], {
      error: "must be `none`, `auto`, `required` or one function by its name",
    })
    .nullish();
export const chatToolChoice = choice(
  z.object({ type, function: z.object({ name: functionName }) }).transform((chosen) => chosen.function),
);
export const responsesToolChoice = choice(z.object({ type, name: functionName }));

const format = { schema, name: z.string().max(256).nullish(), strict: z.boolean().nullish() };
const plain = z.object({ type: z.literal("text") });
const anyObject = z.object({ type: z.literal("json_object") });
const formatError = { error: "must have `type` `text`, `json_object` or `json_schema`, the last with its `schema`" };
export const chatFormat = z
  .union([plain, anyObject, z.object({ type: z.literal("json_schema"), json_schema: z.object(format) })], formatError)
  .nullish();
export const responsesFormat = z
  .union([plain, anyObject, z.object({ type: z.literal("json_schema"), ...format })], formatError)
  .nullish();
