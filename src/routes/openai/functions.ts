/** Reads the tools and the answer format of a request. */
import type { Context } from "hono";
import type * as z from "zod/mini";
import type { AppEnv } from "../../env";
import { can, type Wanted } from "../../llm/catalogue";
import { checkSchema } from "../../llm/json-schema/check-schema";
import { Work } from "../../llm/json-schema/work";
import { invalid } from "../../middleware/respond";
import type { chatFormat, functionFields, responsesFormat, responsesToolChoice } from "../../schema/openai-tools";
import { settingsOf } from "../../settings";
import type { AnswerFormat, Tools } from "../../turn/types";

type Described = z.output<z.ZodMiniObject<typeof functionFields>>;

/** The fields of a request about functions and the format of the answer. */
interface FunctionFields {
  tools?: Described[] | null | undefined;
  tool_choice?: z.output<typeof responsesToolChoice>;
  parallel_tool_calls?: boolean | null | undefined;
  format: z.output<typeof chatFormat | typeof responsesFormat>;
}

/** The paths of the format, and of the schema of a tool's arguments, for errors. */
export const chatFields = { format: "response_format", parameters: "function.parameters" };
export const responsesFields = { format: "text.format", parameters: "parameters" };

/**
 * Returns the tools and the format of a request.
 * @throws {FailureError} if fields contradict each other, if no configured model can do it, or if a schema cannot be
 * checked
 */
export function wantedOf(
  c: Context<AppEnv>,
  { format, ...request }: FunctionFields,
  fields: typeof chatFields,
): Wanted {
  const wanted: Wanted = { tools: toolsOf(request), format: formatOf(format) };
  const { MODEL, TOOL_MODEL } = settingsOf(c.env);
  if (!can(MODEL, wanted) && (TOOL_MODEL === "" || !can(TOOL_MODEL, wanted))) {
    const lack = wanted.tools ? "is not known to call functions" : "has no JSON mode";
    throw invalid(
      wanted.tools ? "tools" : fields.format,
      `${MODEL} ${lack}: set TOOL_MODEL to a model that can, for example @cf/meta/llama-3.3-70b-instruct-fp8-fast`,
    );
  }
  // One budget for all schemas of a request.
  const work = new Work();
  const check = (path: string, given: object | null | undefined) => {
    const problem = given ? checkSchema(given, work) : undefined;
    if (problem !== undefined) throw invalid(path, `is not a JSON Schema that can be checked: ${problem}`);
  };
  const nested = format && "json_schema" in format ? ".json_schema" : "";
  check(`${fields.format}${nested}.schema`, schemaOf(format));
  if (wanted.tools) {
    for (const [at, { parameters }] of (request.tools ?? []).entries()) {
      check(`tools.${at}.${fields.parameters}`, parameters);
    }
  }
  return wanted;
}

/** Returns the functions that the model may call; undefined for none. */
function toolsOf({
  tools,
  tool_choice: chosen,
  parallel_tool_calls,
}: Omit<FunctionFields, "format">): Tools | undefined {
  const list = tools ?? [];
  if (list.length === 0 || chosen === "none") return undefined;
  const name = typeof chosen === "object" ? chosen?.name : undefined;
  const offered = name === undefined ? list : list.filter((tool) => tool.name === name);
  if (offered.length === 0) throw invalid("tool_choice", "must name a function of `tools`");
  return {
    list: offered.map(({ name, description, parameters, strict }) => ({
      name,
      description: description ?? name,
      parameters: JSON.stringify(parameters ?? { type: "object", properties: {} }),
      strict: strict === true && parameters !== undefined && parameters !== null,
    })),
    required: chosen === "required" || name !== undefined,
    parallel: parallel_tool_calls ?? true,
  };
}

/** Returns the JSON format of the answer; undefined for any text. */
function formatOf(wanted: FunctionFields["format"]): AnswerFormat | undefined {
  if (!wanted || wanted.type === "text") return undefined;
  const given = schemaOf(wanted);
  return { schema: given ? JSON.stringify(given) : null };
}

/** Returns the schema of the answer; undefined if the request has none. */
function schemaOf(wanted: FunctionFields["format"]): object | null | undefined {
  if (!wanted || wanted.type === "text") return undefined;
  return "json_schema" in wanted ? wanted.json_schema.schema : wanted.schema;
}
