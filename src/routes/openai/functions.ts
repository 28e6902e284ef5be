/** The tools and the answer format of a request, as a turn needs them. */
import { Validator } from "@cfworker/json-schema";
import type { Context } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../../env";
import { can, needsOf, type Wanted } from "../../llm/catalogue";
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
