/** Messages of JSON-RPC 2.0, as the Model Context Protocol uses them. */
import * as z from "zod/mini";
import { described, nullish, object, optional, text } from "./fields";

const version = described("The version of JSON-RPC.", z.literal("2.0"));
const rpcId = described(
  "The id of the request; the response repeats it. A notification has none.",
  z.union([z.string(), z.number()], { error: "must be text or a number" }),
);
const rpcError = () =>
  object("The error of the request.", {
    code: described("The error code of JSON-RPC or MCP.", z.int()),
    message: text("What happened."),
  });

export const mcpRequest = z
  .object({
    jsonrpc: version,
    id: z.optional(rpcId),
    method: z.optional(text("The method, for example `tools/call`.")),
    params: nullish("The parameters of the method.", z.looseObject({})),
    result: optional("Set in a reply, which has no method.", z.unknown()),
    error: optional("Set in a reply that reports an error.", z.unknown()),
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
    result: optional("The result of the method.", z.looseObject({})),
    error: z.optional(rpcError()),
  });

/** The refusal of a message that could not be read. Its id is unknown. */
export const mcpError = () =>
  z.object({ jsonrpc: version, id: described("Always null.", z.null()), error: rpcError() });
