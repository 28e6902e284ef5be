/** Tools, tool choice and answer format of the OpenAI surface. */
import * as z from "zod/mini";
import { MAX_TOOLS } from "../limits";
import { functionName } from "./call-schema";
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
  /** A description of the function, for the model. */
  description: z.nullish(z.string().check(z.maxLength(MAX_SCHEMA.characters))),
  /** The JSON Schema of the arguments, an object; default: no arguments. */
  parameters: z.nullish(schema),
  /** Whether calls with arguments that do not match `parameters` are refused; default false. */
  strict: z.nullish(z.boolean()),
};

const functionsOnly = "is not supported: a tool is a function, `type` is `function`";
const type = z.literal("function", functionsOnly);

const tools = <T extends z.ZodMiniType>(tool: T) => z.nullish(z.array(tool).check(z.maxLength(MAX_TOOLS)));
/** The functions that the model may call. */
export const chatTools = tools(
  z.object({
    type,
    /** The function. */
    function: z.object(functionFields),
  }),
);
/** The functions that the model may call. */
export const responsesTools = tools(z.object({ type, ...functionFields }));

const choice = (name: z.ZodMiniType<{ name: string }>) =>
  z.nullish(
    z.union([z.enum(["none", "auto", "required"]), name], {
      error: "must be `none`, `auto`, `required` or one function by its name",
    }),
  );
/** Whether the model may call functions (`auto`, default), must (`required`), must not, or must call one. */
export const chatToolChoice = choice(
  z.pipe(
    z.object({
      type,
      /** The function to call. */
      function: z.object({ name: functionName }),
    }),
    z.transform((chosen) => chosen.function),
  ),
);
/** Whether the model may call functions (`auto`, default), must (`required`), must not, or must call one. */
export const responsesToolChoice = choice(z.object({ type, name: functionName }));

const format = {
  /** The JSON Schema that the answer matches. */
  schema,
  /** Accepted and ignored. */
  name: z.nullish(z.string().check(z.maxLength(256))),
  /** Accepted and ignored. */
  strict: z.nullish(z.boolean()),
};
const plain = z.object({ type: z.literal("text") });
const anyObject = z.object({
  type: z.literal("json_object"),
  /** The JSON Schema that the answer matches. Clients of llama.cpp send it here. */
  schema: z.nullish(schema),
});
const jsonSchema = z.literal("json_schema");
const formatError = { error: "must have `type` `text`, `json_object` or `json_schema`, the last with its `schema`" };
const formats = <T extends z.ZodMiniType>(last: T) => z.nullish(z.union([plain, anyObject, last], formatError));
/** The format of the answer; default `text`. */
export const chatFormat = formats(
  z.object({
    type: jsonSchema,
    /** The format. */
    json_schema: z.object(format),
  }),
);
/** The format of the answer; default `text`. */
export const responsesFormat = formats(z.object({ type: jsonSchema, ...format }));
