import { describe, expect, it } from "vitest";
import requests from "../replies/requests.json";
import { expected, type Folder, otherForms, type Recorded, seenStreamed, seenWhole } from "../support/replies";
import { bytes, scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const files = import.meta.glob<string>("../replies/*/*.{json,sse}", { query: "?raw", import: "default", eager: true });
const recorded = Object.entries(files).map(([path, text]): Recorded => {
  const name = path.replace("../replies/", "");
  return { name, text, folder: name.split("/")[0] as Folder, isStream: name.endsWith(".sse") };
});
const understood = recorded.filter(({ folder }) => folder !== "broken");
const broken = recorded.filter(({ folder, name }) => folder === "broken" && name !== "broken/no-json.json");

const llamory = worker();

/** Sends a question to a model with this reply, and returns the client's view of the answer. */
async function ask(folder: Folder, text: string, stream: boolean) {
  const session = freshSession();
  const reply = text.startsWith("{") ? JSON.parse(text) : bytes(text);
  const model = await scripted(session, reply);
  const request = folder === "json" ? requests.json : requests.default;
  const headers = { "x-session-id": session };
  const response = await llamory.post("/v1/chat/completions", { ...request, stream }, headers);
  const body = await response.text();
  return { status: response.status, body, runs: (await model.runs()).length, session };
}

/** The recorded reply, and its other forms. */
const forms = (reply: Recorded): [form: string, text: string][] =>
  Object.entries({ [reply.isStream ? "a stream" : "a whole reply"]: reply.text, ...otherForms(reply) });

describe("a recorded reply of a model", () => {
  it.each(understood.map((reply) => [reply.name, reply] as const))(
    "is understood in each form: %s",
    async (_, reply) => {
      for (const [form, text] of forms(reply)) {
        for (const stream of text.startsWith("{") ? [false, true] : [true]) {
          // JSON is never requested as a stream.
          if (reply.folder === "json" && !text.startsWith("{")) continue;
          const { status, body, runs, session } = await ask(reply.folder, text, stream);
          expect(status, `${form}: ${body}`).toBe(200);
          const seen = stream ? seenStreamed(body) : seenWhole(JSON.parse(body));
          expect(seen, `${form}, stream: ${stream}`).toMatchObject(expected(reply));
          expect(runs).toBe(1);
          const usage = stream ? undefined : JSON.parse(body).usage;
          for (const count of Object.values(usage ?? {})) expect(count).not.toBe(-1);
          expect((await llamory.transcript(session)).join("\n")).not.toMatch(/They ask|<think>|<\|\w+\|>/);
        }
      }
    },
  );

  it.each(broken.map((reply) => [reply.name, reply] as const))("is an error: %s", async (_, reply) => {
    const { body } = await ask(reply.folder, reply.text, reply.isStream);
    expect(body).toContain('"error"');
    expect(body).not.toContain('"finish_reason":"stop"');
  });
});
