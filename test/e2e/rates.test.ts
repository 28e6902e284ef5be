import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dev } from "./support/dev";
import { post } from "./support/http";

describe("the local server with the rates of the deployed one", () => {
  // The tests exceed limits of different keys, so they can share a server.
  const server = new Dev("test/e2e/rates.toml");
  beforeAll(() => server.start());
  afterAll(() => server[Symbol.asyncDispose]());

  it("slows down 300 wrong tokens in a row, and still serves who holds one", async () => {
    const status = async (token: string) => {
      const response = await fetch(`${server.url}/sessions/s`, { headers: { authorization: `Bearer ${token}` } });
      await response.text();
      return response.status;
    };
    const statuses: number[] = [];
    for (let at = 0; at < 300; at += 1) statuses.push(await status(`guess ${at}`));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    // Another period may start during the requests.
    expect(statuses.filter((one) => one === 401).length).toBeLessThanOrEqual(40);
    expect(await status("my-token")).toBe(200);
  });

  it("slows down one browser that asks 300 times, and serves another one and its tenant's server", async () => {
    const get = async (token: string) => {
      const response = await fetch(`${server.url}/sessions/s`, { headers: { authorization: `Bearer ${token}` } });
      await response.text();
      return response.status;
    };
    const tokenOf = async (userId: string) => {
      const made = await post(`${server.url}/tokens`, { userId }, { authorization: "Bearer my-token" });
      return ((await made.json()) as { token: string }).token;
    };
    const [ana, bo] = [await tokenOf("ana"), await tokenOf("bo")];
    const statuses: number[] = [];
    for (let at = 0; at < 300; at += 1) statuses.push(await get(ana));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    // Another period may start during the requests.
    expect(statuses.filter((one) => one === 200).length).toBeLessThanOrEqual(240);
    expect([await get(bo), await get("my-token")]).toEqual([200, 200]);
  });
});
