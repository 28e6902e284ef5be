/** Tools, tool choice and answer format of the OpenAI surface. */
import * as z from "zod/mini";
import { MAX_TOOLS } from "../limits";
import { functionName } from "./call-schema";
import { always, described, nullish, object } from "./fields";
import { isSmallJson } from "./json-size";

/** The largest JSON Schema of arguments or of an answer: characters of its JSON, and levels of nesting. */
const MAX_SCHEMA = { characters: 64_000, levels: 200 };

const schema = z
  .looseObject({})
  .check(
    z.refine(
      (value) => isSmallJson(value, MAX_SCHEMA),
      `must be at most ${MAX_SCHEMA.characters} characters of JSON, in ${MAX_SCHEMA.levels} levels`,
    ),
  );

export const functionFields = {
  name: functionName,
  description: nullish("What the function does, for the model.", z.string().check(z.maxLength(10_000))),
  parameters: nullish("The JSON Schema of the arguments, an object; default: no arguments.", schema),
  strict: nullish(
    "Whether calls with arguments that do not match `parameters` are refused; default false.",
    z.boolean(),
  ),
};

const functionsOnly = "is not supported: a tool is a function, `type` is `function`";
const type = always("function", functionsOnly);

const tools = <T extends z.ZodMiniType>(tool: T) =>
  nullish("The functions that the model may call.", z.array(tool).check(z.maxLength(MAX_TOOLS)));
export const chatTools = tools(z.object({ type, function: object("The function.", functionFields) }));
export const responsesTools = tools(z.object({ type, ...functionFields }));

const choice = (name: z.ZodMiniType<{ name: string }>) =>
  nullish(
    "Whether the model may call functions (`auto`, default), must (`required`), must not, or must call one.",
    z.union([z.enum(["none", "auto", "required"]), name], {
      error: "must be `none`, `auto`, `required` or one function by its name",
    }),
  );
export const chatToolChoice = choice(
  z.pipe(
    z.object({ type, function: object("The function to call.", { name: functionName }) }),
    z.transform((chosen) => chosen.function),
  ),
);
export const responsesToolChoice = choice(z.object({ type, name: functionName }));

const format = {
  schema: described("The JSON Schema that the answer matches.", schema),
  name: nullish("Accepted and ignored.", z.string().check(z.maxLength(256))),
  strict: nullish("Accepted and ignored.", z.boolean()),
};
const plain = z.object({ type: always("text") });
const anyObject = z.object({ type: always("json_object") });
const jsonSchema = always("json_schema");
const formatError = { error: "must have `type` `text`, `json_object` or `json_schema`, the last with its `schema`" };
const formats = <T extends z.ZodMiniType>(last: T) =>
  nullish("The format of the answer; default `text`.", z.union([plain, anyObject, last], formatError));
export const chatFormat = formats(z.object({ type: jsonSchema, json_schema: object("The format.", format) }));
export const responsesFormat = formats(z.object({ type: jsonSchema, ...format }));
