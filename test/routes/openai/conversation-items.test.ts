import { describe, expect, it } from "vitest";
import { add, assistant, create, get, list, pathOf, said, user } from "../../support/conversations";
import { respond } from "../../support/responses";
import { HELD, scripted } from "../../support/scripted-model";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

describe("the items of a conversation", () => {
  it("are listed in pages, in both orders", async () => {
    const { id } = await create({ items: Array.from({ length: 7 }, (_, at) => user(`m${at}`)) });
    for (const order of ["asc", "desc"]) {
      const seen: string[] = [];
      let after = "";
      for (let pages = 1; ; pages += 1) {
        const page = await list(id, `?order=${order}&limit=3${after && `&after=${encodeURIComponent(after)}`}`);
        seen.push(...said(page));
        expect(page.first_id).toBe(page.data[0]?.id);
        expect(page.has_more).toBe(pages < 3);
        if (!page.has_more) break;
        after = page.last_id ?? "";
      }
      const all = Array.from({ length: 7 }, (_, at) => `user: m${at}`);
      expect(seen).toEqual(order === "asc" ? all : all.reverse());
    }
    expect((await list(id, "")).data).toHaveLength(7);
    expect(said(await list(id, ""))[0]).toBe("user: m6");
  });

  it("include function calls and their results, which a page may divide", async () => {
    const { id } = await create();
    const call = (call_id: string) => ({ type: "function_call", call_id, name: "weather", arguments: "{}" });
    const result = (call_id: string) => ({ type: "function_call_output", call_id, output: `${call_id}: sun` });
    const made = await add(id, [
      user("What is the weather?"),
      { ...assistant("I look."), type: "message" },
      call("a"),
      call("b"),
      result("a"),
      result("b"),
      { type: "reasoning", id: "rs_1", summary: [] },
    ]);
    const types = [
      "message",
      "message",
      "function_call",
      "function_call",
      "function_call_output",
      "function_call_output",
    ];
    expect(made.data.map(({ type }) => type)).toEqual(types);
    expect((await list(id)).data).toEqual(made.data);
    const ids: string[] = [];
    for (let after = ""; ids.length < 9; ) {
      const page = await list(id, `?order=desc&limit=1${after && `&after=${encodeURIComponent(after)}`}`);
      ids.push(...page.data.map((item) => item.id));
      if (!page.has_more) break;
      after = page.last_id ?? "";
    }
    expect(ids).toEqual(made.data.map((item) => item.id).reverse());
    const model = await scripted(id, { response: "Sunny." });
    await respond({ input: "So?", conversation: id });
    expect((await model.runs())[0]?.inputs.messages.map(({ role }) => role)).toEqual([
      ...["system", "user", "assistant", "assistant", "tool", "tool", "user"],
    ]);
  });

  it("are read and deleted by their ids, and stay deleted", async () => {
    const { id } = await create();
    const { data } = await add(id, [user("The code is xylophone."), assistant("Noted.")]);
    const secret = data[0]?.id ?? "";
    expect(await (await get(pathOf(id, secret))).json()).toEqual(data[0]);
    expect(await (await get(pathOf(id, secret), "DELETE")).json()).toMatchObject({ id, object: "conversation" });
    for (const method of ["GET", "DELETE"]) expect((await get(pathOf(id, secret), method)).status).toBe(404);
    expect(said(await list(id))).toEqual(["assistant: Noted."]);
    const model = await scripted(id, { response: "No." });
    await respond({ input: "What is the code?", conversation: id });
    expect(JSON.stringify(await model.runs())).not.toContain("xylophone");
  });

  it("may all be deleted: a conversation without items remains one", async () => {
    const { id, metadata } = await create({ items: [user("Hi.")], metadata: { topic: "bees" } });
    const [only] = (await list(id)).data;
    const deleted = await get(pathOf(id, only?.id), "DELETE");
    expect(deleted.status).toBe(200);
    expect(await deleted.json()).toMatchObject({ id, metadata });
    expect((await list(id)).data).toEqual([]);
    const session = freshSession();
    const made = await add(session, [user("Hi.")]);
    expect((await get(pathOf(session, made.data[0]?.id), "DELETE")).status).toBe(200);
  });

  it("of a response are read by the ids that the response has, and deleted with it", async () => {
    const { id } = await create();
    const { body } = await respond({ input: "Hello?", conversation: id });
    const item = body.output[0]?.id ?? "";
    expect(await (await get(pathOf(id, item))).json()).toMatchObject({ id: item, role: "assistant" });
    expect(await (await get(pathOf(id, item), "DELETE")).json()).toMatchObject({
      error: { code: "message_of_a_turn" },
    });
    expect(said(await list(id))).toHaveLength(2);
    await get(`/v1/responses/${encodeURIComponent(body.id)}`, "DELETE");
    expect((await list(id)).data).toEqual([]);
  });

  it("of a response that runs are there, with a status that says so", async () => {
    const { id } = await create({ items: [user("Hi.")] });
    const model = await scripted(id, HELD);
    const { body } = await respond({ input: "Hello?", conversation: id, background: true });
    expect(said(await list(id))).toEqual(["user: Hi.", "user: Hello?"]);
    await model.go();
    expect(body.id).toContain("resp_");
  });

  it("belong to the user whom a header names", async () => {
    const { id } = await create();
    const headers = { "x-user-id": freshSession() };
    await llamory.post(`${pathOf(id)}/items`, { items: [user("I keep bees.")] }, headers);
    const other = await llamory.post(
      `${pathOf(id)}/items`,
      { items: [user("Me too.")] },
      { "x-user-id": freshSession() },
    );
    expect(other.status).toBe(409);
    expect(said(await list(id))).toEqual(["user: I keep bees."]);
  });

  it("of an unknown response are 404, also to delete", async () => {
    const { id } = await create({ items: [user("Hi.")] });
    const { body } = await respond({ input: "Hello?", conversation: id });
    const unknown = (body.output[0]?.id ?? "").replace(/[^.]*$/, crypto.randomUUID());
    expect((await get(pathOf(id, unknown), "DELETE")).status).toBe(404);
  });

  it.each(["msg_x", "msg_YQ.~1", "resp_YQ.t", "msg_YQ.~0", "msg_YQ.~1.5", "~1"])(
    "and another conversation's id, or none: %s is 404",
    async (item) => {
      const { id } = await create({ items: [user("Hi.")] });
      for (const method of ["GET", "DELETE"]) expect((await get(pathOf(id, item), method)).status).toBe(404);
      expect((await get(`${pathOf(id)}/items?after=${encodeURIComponent(item)}`)).status).toBe(404);
    },
  );

  it("are all stored or none", async () => {
    const { id } = await create();
    const refused = await llamory.post(`${pathOf(id)}/items`, {
      items: [user("Hi."), { role: "wizard", content: "x" }],
    });
    expect(refused.status).toBe(400);
    expect((await list(id)).data).toEqual([]);
  });
});
