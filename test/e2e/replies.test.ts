import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import requests from "../replies/requests.json";
import {
  expected,
  type Folder,
  otherForms,
  type Recorded,
  type Reply,
  seenStreamed,
  seenWhole,
} from "../support/replies";
import { root } from "./support/bundle";
import { post, serve } from "./support/http";
import { Workerd } from "./support/workerd";

const folder = join(root, "test/replies");
const recorded = globSync("*/*.{json,sse}", { cwd: folder }).map((name): Recorded => {
  const text = readFileSync(join(folder, name), "utf8");
  return { name, text, folder: name.split("/")[0] as Folder, isStream: name.endsWith(".sse") };
});

/** The model server's reply. */
let reply = "";
let upstream: Awaited<ReturnType<typeof serve>>;
let server: Workerd;

beforeAll(async () => {
  upstream = await serve((_, response) => {
    const type = reply.startsWith("{") ? "application/json" : "text/event-stream";
    response.writeHead(200, { "content-type": type }).end(reply);
  });
  server = new Workerd({
    bundle: inject("bundle"),
    ai: { entrypoint: "OpenAIModel" },
    settings: { OPENAI_BASE_URL: `http://${upstream.address}/v1`, MODEL: "llama3.2", FALLBACK_MODEL: "" },
  });
  await server.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const ask = (kind: Folder, stream: boolean) =>
  post(`${server.url}/v1/chat/completions`, { ...(kind === "json" ? requests.json : requests.default), stream });

describe("a recorded reply of an OpenAI-compatible server", () => {
  it.each(recorded.map((one) => [one.name, one] as const))("is understood, whole and streamed: %s", async (_, one) => {
    const forms = [one.text, ...Object.values(otherForms(one))];
    for (const text of forms) {
      reply = text;
      const isStream = !/^[{u]/.test(text);
      for (const stream of isStream ? [true] : [false, true]) {
        // JSON is never requested as a stream.
        if (one.folder === "json" && isStream) continue;
        const response = await ask(one.folder, stream);
        const body = await response.text();
        if (one.folder === "broken") {
          expect(body).toContain('"error"');
          continue;
        }
        expect(response.status, body).toBe(200);
        const isEvents = response.headers.get("content-type")?.includes("event-stream");
        const seen = isEvents ? seenStreamed(body) : seenWhole(JSON.parse(body) as Reply);
        expect(seen).toMatchObject(expected(one));
      }
    }
  });
});
