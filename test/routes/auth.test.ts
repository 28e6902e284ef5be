import { describe, expect, it } from "vitest";
import { freshSession, worker } from "../support/worker";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a Worker that asks for tokens", () => {
  const locked = worker({ AUTH: "tokens", API_TOKENS: "open-sesame, acme:s3cret" });

  it("refuses to serve while none are configured", async () => {
    const response = await worker({ AUTH: "tokens" }).ask(freshSession(), "Hi");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "not_configured" });
  });

  it.each([{}, bearer("wrong"), bearer("acme:s3cret"), { authorization: "open-sesame" }])(
    "keeps strangers out: %j",
    async (headers) => {
      const response = await locked.ask(freshSession(), "Hi", headers);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: "unauthorized" });
    },
  );

  it("keeps the sessions of two tenants apart", async () => {
    const session = freshSession();
    expect((await locked.ask(session, "My name is Ana.", bearer("open-sesame"))).status).toBe(200);
    const other = await locked.ask(session, "What is my name?", bearer("s3cret"));
    expect((await other.json<{ answer: string }>()).answer).not.toContain("Ana");
    const same = await locked.ask(session, "What is my name?", bearer("open-sesame"));
    expect((await same.json<{ answer: string }>()).answer).toContain("Ana");
  });

  it("tells its health to anyone", async () => {
    expect((await locked.fetch("/health")).status).toBe(200);
  });
});
