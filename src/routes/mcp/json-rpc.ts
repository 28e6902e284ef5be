/** JSON-RPC 2.0 as MCP uses it: one message per body, no batches, errors with a code. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod/mini";
import type { AppEnv } from "../../env";
import { json } from "../../middleware/json-response";
import { validator } from "../../middleware/validation";
import { type mcpError, mcpRequest } from "../../schema/mcp-schema";
import type { ResponseBody } from "../../schema/response-body";

/** Versions of the protocol, newest first. `initialize` answers other versions with the first one. */
export const PROTOCOLS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/** Error codes of JSON-RPC 2.0, and of MCP for unknown resources. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const RESOURCE_NOT_FOUND = -32002;

/** Levels of arguments: the arguments, a list in them, the fields of its items. */
const ARGUMENT_LEVELS = 3;

export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers with a refusal. The id is null, as JSON-RPC requires for a message that could not be read. */
function refused(c: Context, message: string, code = INVALID_REQUEST) {
  const body: ResponseBody<typeof mcpError> = { jsonrpc: "2.0", id: null, error: { code, message } };
  return json(c, body, 400);
}

/** Answers 400 to an unknown `MCP-Protocol-Version`. */
export const checkVersion = createMiddleware<AppEnv>(async (c, next) => {
  const version = c.req.header("mcp-protocol-version");
  if (version !== undefined && !PROTOCOLS.includes(version)) {
    return refused(c, `MCP-Protocol-Version must be one of ${PROTOCOLS.join(", ")}.`);
  }
  return next();
});

type Message = typeof mcpRequest;

/** Answers 400 to malformed JSON, to a batch, to an `id` of null, and to JSON without a method or a result. */
export const validMessage = validator<Message, "json", z.output<Message>, ReturnType<typeof refused>>(
  "json",
  mcpRequest,
  (given, c) => {
    if (given === undefined) return refused(c, "The body is empty or not valid JSON.", PARSE_ERROR);
    const result = z.safeParse(mcpRequest, given);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    return refused(c, `${issue?.path.join(".") || "message"}: ${issue?.message ?? "is not one JSON-RPC message"}`);
  },
);

/** Returns arguments without those that are null: many models send null for an optional argument. */
export function withoutNulls(value: unknown, levels = ARGUMENT_LEVELS): unknown {
  if (typeof value !== "object" || value === null || levels === 0) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, levels - 1));
  const given = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(given.map(([name, field]) => [name, withoutNulls(field, levels - 1)]));
}
