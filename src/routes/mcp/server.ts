/**
 * The memory as an MCP server (Model Context Protocol, Streamable HTTP): stateless, one JSON answer to each request.
 *
 * By hand: the official SDK is 85 KiB gzipped beside what is here already, most of it for what a stateless server without
 * streams and elicitation never does. Tests use its client.
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { version } from "../../../package.json";
import type { AppEnv } from "../../env";
import { FailureError, orThrow } from "../../middleware/respond";
import { callSession } from "../../rpc/call-session";
import { type mcpResponse, sessionId } from "../../schema/common-schema";
import { problemOf } from "../../wire/problem";
import {
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  PROTOCOLS,
  RESOURCE_NOT_FOUND,
  RpcError,
  readMessage,
  validMessage,
  withoutNulls,
} from "./json-rpc";
import { lineOf, type ToolName, toolList, tools } from "./tools";

const TRANSCRIPT = "llamory://sessions/{sessionId}/transcript";
/** Messages of a transcript: the newest. */
const MOST_MESSAGES = 1_000;

const isTool = (name: string): name is ToolName => Object.hasOwn(tools, name);

/** Calls a tool. What fails is told to the model, which may know what to do. */
async function callTool(c: Context<AppEnv>, params: unknown) {
  const call = z.object({ name: z.string(), arguments: z.unknown().optional() }).safeParse(params);
  if (!call.success || !isTool(call.data.name)) throw new RpcError(INVALID_PARAMS, "There is no such tool.");
  const text = (said: string, isError: boolean) => ({ content: [{ type: "text", text: said }], isError });
  try {
    const result = await tools[call.data.name].call(c, withoutNulls(call.data.arguments ?? {}));
    return typeof result === "string" ? text(result, false) : text(z.prettifyError(result), true);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    c.var.logged.code = error.failure.reason;
    return text(problemOf(error.failure, c.var.requestId).detail, true);
  }
}

/** Returns undefined where the percent-encoding is malformed. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

async function readResource(c: Context<AppEnv>, params: unknown) {
  const { data } = z.object({ uri: z.string() }).safeParse(params);
  if (!data) throw new RpcError(INVALID_PARAMS, "`uri` must be text.");
  const [, id] = /^llamory:\/\/sessions\/([^/]+)\/transcript$/.exec(data.uri) ?? [];
  const session = sessionId.safeParse(decoded(id));
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
          "A memory of conversations, each under a session id of your choice; what is said with a `userId` is known in all conversations of that person. Search it before you say that you do not know.",
      };
    }
    case "ping":
      return {};
    case "tools/list":
      return { tools: toolList };
    case "tools/call":
      return callTool(c, params);
    case "resources/list":
      return { resources: [] };
    case "resources/templates/list": {
      const description = "What was said in a session, a line each: its newest 1,000 messages.";
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

export const mcp = new Hono<AppEnv>()
  /** `POST /mcp`: one message of JSON-RPC. Notifications and replies get a 202 without a body. */
  .post("/mcp", readMessage, validMessage, async (c) => {
    const { id, method, params } = c.req.valid("json");
    if (id === undefined || method === undefined) return c.body(null, 202);
    try {
      const body: z.input<typeof mcpResponse> = { jsonrpc: "2.0", id, result: await answer(c, method, params) };
      return c.json(body, 200);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { code, message } = error;
      const body: z.input<typeof mcpResponse> = { jsonrpc: "2.0", id, error: { code, message } };
      return c.json(body, 200);
    }
  });
