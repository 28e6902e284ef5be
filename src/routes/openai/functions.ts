/** Tools and formats of an answer as the OpenAI surface has them, and as a turn does. */
import type { Context } from "hono";
import * as z from "zod";
import { type AppEnv, settingsOf } from "../../env";
import { MAX_TOOLS } from "../../limits";
import { can, needsOf, type Wanted } from "../../llm/catalogue";
import { checkSchema } from "../../llm/json-schema/check-schema";
import { isSmallJson } from "../../llm/json-schema/json-size";
import { Work } from "../../llm/json-schema/work";
import { invalid } from "../../middleware/respond";
import type { AnswerFormat, Tools } from "../../turn/types";

/** The longest JSON Schema of an argument list or an answer: as JSON, in characters, and its arrays and objects in one another. */
const MAX_SCHEMA = { characters: 64_000, levels: 200 };

const schema = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => isSmallJson(value, MAX_SCHEMA),
    `must be at most ${MAX_SCHEMA.characters} characters of JSON, in ${MAX_SCHEMA.levels} levels`,
  );

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

/** Where the surfaces have the format of an answer, its schema, and the schema of a tool's arguments. */
export const chatFields = {
  format: "response_format",
  schema: "response_format.json_schema.schema",
  parameters: "function.parameters",
};
export const responsesFields = { format: "text.format", schema: "text.format.schema", parameters: "parameters" };

/**
 * Returns the tools and the format that a request wants of its model.
 * @throws {FailureError} if it makes no sense, if no model can do it (this names the setting), or if a schema cannot be
 * checked
 */
export function wantedOf(c: Context<AppEnv>, { format, ...request }: Request, fields: typeof chatFields): Wanted {
  const wanted: Wanted = { tools: toolsOf(request), format: formatOf(format) };
  const { MODEL, TOOL_MODEL } = settingsOf(c.env);
  const needs = needsOf(wanted);
  if (!can(MODEL, needs) && (TOOL_MODEL === "" || !can(TOOL_MODEL, needs))) {
    const lack = needs.tools ? "is not known to call functions" : "has no JSON mode";
    throw invalid(
      needs.tools ? "tools" : fields.format,
      `${MODEL} ${lack}: the operator sets TOOL_MODEL to one that can, for example @cf/meta/llama-3.3-70b-instruct-fp8-fast`,
    );
  }
  // One budget for all schemas of a request.
  const work = new Work();
  const check = (path: string, given: object | null | undefined) => {
    const problem = given ? checkSchema(given, work) : undefined;
    if (problem !== undefined) throw invalid(path, `is no JSON Schema that can be checked: ${problem}`);
  };
  if (wanted.format) check(fields.schema, schemaOf(format));
  if (wanted.tools) {
    for (const [at, { parameters }] of (request.tools ?? []).entries()) {
      check(`tools.${at}.${fields.parameters}`, parameters);
    }
  }
  return wanted;
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
function formatOf(wanted: Request["format"]): AnswerFormat | undefined {
  if (!wanted || wanted.type === "text") return undefined;
  const given = schemaOf(wanted);
  return { schema: given ? JSON.stringify(given) : null };
}

/** The schema of an answer, where a request has one. */
function schemaOf(wanted: Request["format"]): object | undefined {
  if (wanted?.type !== "json_schema") return undefined;
  return "json_schema" in wanted ? wanted.json_schema.schema : wanted.schema;
}
