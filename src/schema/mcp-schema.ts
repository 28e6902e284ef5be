/** Messages of JSON-RPC 2.0, as the Model Context Protocol uses them. */
import * as z from "zod/mini";

/** The version of JSON-RPC. */
const version = z.literal("2.0");
/** The id of the request; the response repeats it. A notification has none. */
const rpcId = z.union([z.string(), z.number()], { error: "must be text or a number" });
/** The error of the request. */
const rpcError = () =>
  z.object({
    /** The error code of JSON-RPC or MCP. */
    code: z.int(),
    /** What happened. */
    message: z.string(),
  });

export const mcpRequest = z
  .object({
    jsonrpc: version,
    id: z.optional(rpcId),
    /** The method, for example `tools/call`. */
    method: z.optional(z.string()),
    /** The parameters of the method. */
    params: z.nullish(z.looseObject({})),
    /** Set in a reply, which has no method. */
    result: z.optional(z.unknown()),
    /** Set in a reply that reports an error. */
    error: z.optional(z.unknown()),
  })
  .check(
    z.refine(({ method, result, error }) => method !== undefined || result !== undefined || error !== undefined, {
      path: ["method"],
      error: "must be text",
    }),
  );

export const mcpResponse = () =>
  z.object({
    jsonrpc: version,
    id: rpcId,
    /** The result of the method. */
    result: z.optional(z.looseObject({})),
    error: z.optional(rpcError()),
  });

/** The refusal of a message that could not be read. Its id is unknown. */
export const mcpError = () =>
  z.object({
    jsonrpc: version,
    /** Always null. */
    id: z.null(),
    error: rpcError(),
  });
