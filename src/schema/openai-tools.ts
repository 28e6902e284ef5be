/** Tools, tool choice and answer format of the OpenAI surface. */
import * as z from "zod";
import { MAX_TOOLS } from "../limits";
import { functionName } from "./call-schema";
import { isSmallJson } from "./json-size";

/** The largest JSON Schema of arguments or of an answer: characters of its JSON, and levels of nesting. */
const MAX_SCHEMA = { characters: 64_000, levels: 200 };

const schema = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => isSmallJson(value, MAX_SCHEMA),
    `must be at most ${MAX_SCHEMA.characters} characters of JSON, in ${MAX_SCHEMA.levels} levels`,
  );

export const described = {
  name: functionName,
  description: z.string().max(10_000).nullish().describe("What the function does, for the model."),
  parameters: schema.nullish().describe("The JSON Schema of the arguments, an object; default: no arguments."),
  strict: z
    .boolean()
    .nullish()
    .describe("Whether calls with arguments that do not match `parameters` are refused; default false."),
};

const functionsOnly = "is not supported: a tool is a function, `type` is `function`";
const type = z.literal("function", functionsOnly).describe("Always `function`.");

const tools = <T extends z.ZodType>(tool: T) =>
  z.array(tool).max(MAX_TOOLS).nullish().describe("The functions that the model may call.");
export const chatTools = tools(z.object({ type, function: z.object(described).describe("The function.") }));
export const responsesTools = tools(z.object({ type, ...described }));

const choice = (name: z.ZodType<{ name: string }>) =>
  z
    .union([z.enum(["none", "auto", "required"]), name], {
      error: "must be `none`, `auto`, `required` or one function by its name",
    })
    .nullish()
    .describe("Whether the model may call functions (`auto`, default), must (`required`), must not, or must call one.");
export const chatToolChoice = choice(
  z
    .object({ type, function: z.object({ name: functionName }).describe("The function to call.") })
    .transform((chosen) => chosen.function),
);
export const responsesToolChoice = choice(z.object({ type, name: functionName }));

const format = {
  schema: schema.describe("The JSON Schema that the answer matches."),
  name: z.string().max(256).nullish().describe("Accepted and ignored."),
  strict: z.boolean().nullish().describe("Accepted and ignored."),
};
const formatType = (name: string) => `Always \`${name}\`.`;
const plain = z.object({ type: z.literal("text").describe(formatType("text")) });
const anyObject = z.object({ type: z.literal("json_object").describe(formatType("json_object")) });
const jsonSchema = z.literal("json_schema").describe(formatType("json_schema"));
const formatError = { error: "must have `type` `text`, `json_object` or `json_schema`, the last with its `schema`" };
const formats = <T extends z.ZodType>(last: T) =>
  z.union([plain, anyObject, last], formatError).nullish().describe("The format of the answer; default `text`.");
export const chatFormat = formats(
  z.object({ type: jsonSchema, json_schema: z.object(format).describe("The format.") }),
);
export const responsesFormat = formats(z.object({ type: jsonSchema, ...format }));
