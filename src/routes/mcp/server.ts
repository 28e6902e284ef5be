/**
 * The memory as an MCP server (Model Context Protocol, Streamable HTTP): stateless, with one JSON answer per request.
 *
 * The official SDK would add 85 KiB gzipped, most of it for streams and elicitation, which this server does not use. Tests
 * use the SDK's client.
 */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import * as z from "zod/mini";
import { version } from "../../../package.json";
import type { AppEnv, Env } from "../../env";
import { json } from "../../middleware/json-response";
import { FailureError, orThrow } from "../../middleware/respond";
import { fieldErrors } from "../../middleware/validation";
import { callSession } from "../../rpc/call-session";
import { percentDecoded, sessionId } from "../../schema/common-schema";
import { mcpError, mcpResponse } from "../../schema/mcp-schema";
import type { ResponseBody } from "../../schema/response-body";
import { problemOf } from "../../wire/problem";
import type { Operations } from "../operation";
import {
  checkVersion,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  PROTOCOLS,
  RESOURCE_NOT_FOUND,
  RpcError,
  validMessage,
  withoutNulls,
} from "./json-rpc";
import { lineOf, type ToolName, tools } from "./tools";

export const operations = (): Operations => ({
  "POST /mcp": {
    id: "mcp",
    summary: "Call the MCP server",
    description:
      "The memory as an MCP server (Streamable HTTP, stateless), with tools to ask, search, read, append and delete. Send one JSON-RPC message per request.",
    example: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    response: mcpResponse,
    empty: { 202: "The message was a notification or a reply." },
    refused: mcpError,
    postman: [{ at: 260, name: "List the tools for MCP clients", includes: "search_memory" }],
  },
});

const TRANSCRIPT = "llamory://sessions/{sessionId}/transcript";
/** The most messages of a transcript; the newest are returned. */
const MOST_MESSAGES = 1_000;

const isTool = (name: string): name is ToolName => Object.hasOwn(tools, name);

/** Returns the list that `npm run openapi` generates. The Worker does not contain it: clients read it once. */
async function listTools({ ASSETS }: Env): Promise<unknown> {
  const response = await ASSETS?.fetch("http://assets/mcp-tools.json");
  if (response?.ok) return response.json();
  const detail =
    "The static file mcp-tools.json is missing. Operator: run `npm ci`, and set [assets] as in wrangler.toml.";
  throw new FailureError({ reason: "misconfigured", detail });
}

/** Calls a tool. Returns failures as text, so that the model can react to them. */
async function callTool(c: Context<AppEnv>, params: unknown) {
  const call = z.object({ name: z.string(), arguments: z.optional(z.unknown()) }).safeParse(params);
  if (!call.success || !isTool(call.data.name)) throw new RpcError(INVALID_PARAMS, "There is no such tool.");
  const result = (text: string, isError: boolean) => ({ content: [{ type: "text", text }], isError });
  try {
    const called = await tools[call.data.name].call(c, withoutNulls(call.data.arguments ?? {}));
    if (typeof called === "string") return result(called, false);
    const errors = called.issues.flatMap((issue) => fieldErrors(issue));
    return result(errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("\n"), true);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    c.var.logged.code = error.failure.reason;
    return result(problemOf(error.failure, c.var.requestId).detail, true);
  }
}

async function readResource(c: Context<AppEnv>, params: unknown) {
  const { data } = z.object({ uri: z.string() }).safeParse(params);
  if (!data) throw new RpcError(INVALID_PARAMS, "`uri` must be text.");
  const [, id = ""] = /^llamory:\/\/sessions\/([^/]+)\/transcript$/.exec(data.uri) ?? [];
  const session = sessionId.safeParse(percentDecoded(id));
  if (!session.success) throw new RpcError(RESOURCE_NOT_FOUND, `Resources are named ${TRANSCRIPT}.`);
  const page = orThrow(await callSession(c, session.data, (stub) => stub.getHistory({ limit: MOST_MESSAGES })));
  const text = page.messages.toReversed().map(lineOf).join("\n");
  return { contents: [{ uri: data.uri, mimeType: "text/plain", text }] };
}

async function answer(c: Context<AppEnv>, method: string, params: unknown): Promise<Record<string, unknown>> {
  switch (method) {
    case "initialize": {
      const { data } = z.object({ protocolVersion: z.string() }).safeParse(params);
      return {
        protocolVersion: PROTOCOLS.find((known) => known === data?.protocolVersion) ?? PROTOCOLS[0],
        capabilities: { tools: {}, resources: {} },
        serverInfo: { name: "llamory", version },
        instructions:
          "A memory of conversations. Each conversation has a session id of your choice. Conversations with the same `userId` share their memory. Search the memory before you say that you do not know.",
      };
    }
    case "ping":
      return {};
    case "tools/list":
      return { tools: await listTools(c.env) };
    case "tools/call":
      return callTool(c, params);
    case "resources/list":
      return { resources: [] };
    case "resources/templates/list": {
      const description = "The newest 1,000 messages of a session, one per line.";
      return {
        resourceTemplates: [{ uriTemplate: TRANSCRIPT, name: "transcript", description, mimeType: "text/plain" }],
      };
    }
    case "resources/read":
      return readResource(c, params);
    default:
      throw new RpcError(METHOD_NOT_FOUND, `There is no method ${method.slice(0, 100)}.`);
  }
}

export const routes = new Hono<AppEnv>().post("/mcp", checkVersion, validMessage, async (c) => {
  const { id, method, params } = c.req.valid("json");
  if (id === undefined || method === undefined) return c.body(null, 202);
  const outcome = await answer(c, method, params).then(
    (result) => ({ result }),
    (error: unknown) => {
      if (!(error instanceof RpcError)) throw error;
      return { error: { code: error.code, message: error.message } };
    },
  );
  const body: ResponseBody<typeof mcpResponse> = { jsonrpc: "2.0", id, ...outcome };
  return json(c, body, 200);
});
