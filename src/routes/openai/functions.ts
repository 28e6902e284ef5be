/** The tools and the answer format of a request, as a turn needs them. */
import type { Context } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../../env";
import { can, needsOf, type Wanted } from "../../llm/catalogue";
import { checkSchema } from "../../llm/json-schema/check-schema";
import { Work } from "../../llm/json-schema/work";
import { invalid } from "../../middleware/respond";
import type { chatFormat, described, responsesFormat, responsesToolChoice } from "../../schema/openai-tools";
import { settingsOf } from "../../settings";
import type { AnswerFormat, Tools } from "../../turn/types";

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
    list: offered.map(({ name, description, parameters, strict }) => ({
      name,
      description: description ?? name,
      parameters: JSON.stringify(parameters ?? { type: "object", properties: {} }),
      strict: strict === true && parameters !== undefined && parameters !== null,
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
