/** Messages of JSON-RPC 2.0, as the Model Context Protocol uses them. */
import * as z from "zod";

const version = z.literal("2.0").describe("The version of JSON-RPC.");
const rpcId = z
  .union([z.string(), z.number()], { error: "must be text or a number" })
  .describe("The id of the request; the response repeats it. A notification has none.");
const rpcError = () =>
  z
    .object({
      code: z.int().describe("The error code of JSON-RPC or MCP."),
      message: z.string().describe("What happened."),
    })
    .describe("The error of the request.");

export const mcpRequest = z
  .object({
    jsonrpc: version,
    id: rpcId.optional(),
    method: z.string().describe("The method, for example `tools/call`.").optional(),
    params: z.looseObject({}).nullish().describe("The parameters of the method."),
    result: z.unknown().describe("Set in a reply, which has no method.").optional(),
    error: z.unknown().describe("Set in a reply that reports an error.").optional(),
  })
  .refine(({ method, result, error }) => method !== undefined || result !== undefined || error !== undefined, {
    path: ["method"],
    error: "must be text",
  });

export const mcpResponse = () =>
  z.object({
    jsonrpc: version,
    id: rpcId,
    result: z.looseObject({}).describe("The result of the method.").optional(),
    error: rpcError().optional(),
  });

/** The refusal of a message that could not be read. Its id is unknown. */
export const mcpError = () => z.object({ jsonrpc: version, id: z.null().describe("Always null."), error: rpcError() });
