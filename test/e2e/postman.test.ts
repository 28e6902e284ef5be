import { execFileSync } from "node:child_process";
import { join } from "node:path";
import newman from "newman";
import { describe, expect, inject, it } from "vitest";
import { root } from "./support/bundle";
import { serve } from "./support/http";
import { Workerd } from "./support/workerd";

const COLLECTION = "llamory.postman_collection.json";
const ENVIRONMENT = "llamory.postman_environment.json";

interface Outcome {
  requests: number;
  assertions: number;
  failures: string[];
}

/** Runs the collection in newman and changes only the server's URL. */
function run(baseUrl: string, environment?: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    newman.run(
      {
        collection: join(root, "postman", COLLECTION),
        ...(environment && { environment: join(root, "postman", environment) }),
        envVar: [{ key: "baseUrl", value: baseUrl }],
      },
      (error, { run }) => {
        if (error) return reject(error);
        const failures = run.failures.map(({ source, error: { message } }) => `${source?.name}: ${message}`);
        resolve({ requests: run.stats.requests.total ?? 0, assertions: run.stats.assertions.total ?? 0, failures });
      },
    );
  });
}

describe("the Postman collection", () => {
  it.each([
    ["alone", undefined],
    ["with its environment", ENVIRONMENT],
  ])("passes from top to bottom in newman, %s", async (_how, environment) => {
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OfflineModel" },
      settings: { DEBUG: "true", SESSION_KEY: "k".repeat(32) },
    });
    await server.start();
    const { requests, assertions, failures } = await run(server.url, environment);
    console.log(`newman: ${requests} requests, ${assertions} assertions, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(20);
    expect(assertions).toBeGreaterThan(3 * requests);
  });

  it("fails where a response is broken", async () => {
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OfflineModel" },
      settings: { DEBUG: "true", SESSION_KEY: "k".repeat(32) },
    });
    await server.start();
    // A proxy that replaces one field of one response.
    await using broken = await serve(async ({ url, method, headers, text: sent }, response) => {
      const { "content-type": type = "", "x-session-id": session } = headers;
      const answer = await fetch(`${server.url}${url}`, {
        method,
        headers: {
          ...(type && { "content-type": type }),
          ...(typeof session === "string" && { "x-session-id": session }),
        },
        ...(sent !== "" && { body: sent }),
      });
      const text = await answer.text();
      response.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "",
        "x-request-id": answer.headers.get("x-request-id") ?? "",
      });
      response.end(text.replace('"nextCursor":null', '"nextCursor":"never"'));
    });
    const { failures } = await run(`http://${broken.address}`);
    expect(failures).toHaveLength(2);
    expect(failures[0]).toContain("Read the history");
  });

  it("is what `npm run openapi` makes of the routers, the same each time", () => {
    execFileSync(process.execPath, [join(root, "scripts/openapi.mjs"), "--check"]);
  });
});
