import { expect, it } from "vitest";
import * as z from "zod/mini";
import { eventually } from "../support/eventually";
import { Dev } from "./support/dev";
import { ask } from "./support/http";

const Answer = z.object({ result: z.object({ rows: z.array(z.array(z.unknown())) }) });

/** Returns `name < name of the parent span` for the spans of the local trace store, and all that they contain as text. */
async function spansOf(url: string): Promise<{ names: string[]; text: string }> {
  const sql = `SELECT span.name || ' < ' || parent.name, span.* FROM spans span
    JOIN spans parent ON parent.span_id = span.parent_id AND parent.trace_id = span.trace_id`;
  const body = JSON.stringify({ sql });
  const headers = { "content-type": "application/json" };
  const path = "/cdn-cgi/explorer/api/local/observability/query";
  const response = await fetch(url + path, { method: "POST", headers, body });
  const text = await response.text();
  const { result } = Answer.parse(JSON.parse(text));
  return { names: result.rows.map(([name]) => String(name)), text };
}

it("traces the queue, the context, the model and the storage of a turn, without texts", async () => {
  await using server = new Dev(undefined, [], "start", { X_LOCAL_OBSERVABILITY: "true" });
  await server.start();
  await ask(server.url, "bees", "My secret word is xylophone.");
  const { answer } = await ask(server.url, "bees", "What is my secret word?");
  expect(answer).toContain("xylophone");
  const { text } = await eventually(async () => {
    const spans = await spansOf(server.url);
    for (const name of ["queue", "context", "model"]) expect(spans.names).toContain(`${name} < jsRpcCall`);
    expect(spans.names.filter((name) => name === "storage < model").length).toBe(2);
    return spans;
  });
  expect(text).not.toMatch(/xylophone|secret/);
});
