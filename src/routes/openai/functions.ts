/** Tools and formats of an answer as the OpenAI surface has them, and as a turn does. */
import { Validator } from "@cfworker/json-schema";
import type { Context } from "hono";
import * as z from "zod";
import { type AppEnv, settingsOf } from "../../env";
import { MAX_TOOLS } from "../../limits";
import { can, needsOf, type Wanted } from "../../llm/catalogue";
import { invalid } from "../../middleware/respond";
import type { AnswerFormat, Tools } from "../../turn/types";

/** The longest JSON Schema of an argument list or an answer, as JSON, in characters. */
const MAX_SCHEMA = 64_000;

const schema = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= MAX_SCHEMA, `must be at most ${MAX_SCHEMA} characters of JSON`);

const functionName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, "must be 1 to 128 of the characters A-Z a-z 0-9 _ . -");

const described = {
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

type Described = z.output<z.ZodObject<typeof described>>;

/** What a request says of functions and of its answer's form. */
interface Request {
  tools: Described[] | null | undefined;
  choice: z.output<typeof responsesToolChoice>;
  parallel: boolean | null | undefined;
  format: z.output<typeof chatFormat | typeof responsesFormat>;
}

/**
 * What a request wants of its model beyond words.
 * @param path where the request has its format
 * @throws {FailureError} where it makes no sense, or no model can do it; that names the setting
 */
export function wantedOf(c: Context<AppEnv>, { format, ...request }: Request, path: string): Wanted {
  const wanted: Wanted = { tools: toolsOf(request), format: formatOf(format, path) };
  const { MODEL, TOOL_MODEL } = settingsOf(c.env);
  const needs = needsOf(wanted);
  if (can(MODEL, needs) || (TOOL_MODEL !== "" && can(TOOL_MODEL, needs))) return wanted;
  const lack = needs.tools ? "is not known to call functions" : "has no JSON mode";
  throw invalid(
    needs.tools ? "tools" : path,
    `${MODEL} ${lack}: the operator sets TOOL_MODEL to one that can, for example @cf/meta/llama-3.3-70b-instruct-fp8-fast`,
  );
}

/** What the model may call; undefined for nothing. */
function toolsOf({ tools, choice: chosen, parallel }: Omit<Request, "format">): Tools | undefined {
  const list = tools ?? [];
  if (list.length === 0 || chosen === "none") return undefined;
  const name = typeof chosen === "object" ? chosen?.name : undefined;
  const offered = name === undefined ? list : list.filter((tool) => tool.name === name);
  if (offered.length === 0) throw invalid("tool_choice", "names no function of `tools`");
  return {
    list: offered.map(({ name, description, parameters }) => ({
      name,
      description: description ?? name,
      parameters: JSON.stringify(parameters ?? { type: "object", properties: {} }),
    })),
    required: chosen === "required" || name !== undefined,
    parallel: parallel ?? true,
  };
}

/** The JSON that an answer must be; undefined for any text. */
function formatOf(wanted: Request["format"], path: string): AnswerFormat | undefined {
  if (!wanted || wanted.type === "text") return undefined;
  if (wanted.type === "json_object") return { schema: null };
  const { schema: given } = "json_schema" in wanted ? wanted.json_schema : wanted;
  try {
    // Finds references to nowhere, and such as go round in circles.
    new Validator(given).validate(null);
  } catch (error) {
    throw invalid(path, `is no JSON Schema that can be checked: ${String(error).slice(0, 200)}`);
  }
  return { schema: JSON.stringify(given) };
}
