import { describe, expect, it } from "vitest";
import { Dev } from "./support/dev";

describe("the local server with the rates of the deployed one", () => {
  it("slows down 300 wrong tokens in a row, and still serves who holds one", async () => {
    await using server = new Dev("test/e2e/rates.toml");
    await server.start();
    const status = async (token: string) => {
      const response = await fetch(`${server.url}/sessions/s`, { headers: { authorization: `Bearer ${token}` } });
      await response.text();
      return response.status;
    };
    const statuses: number[] = [];
    for (let at = 0; at < 300; at += 1) statuses.push(await status(`guess ${at}`));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    // A period may end in between.
    expect(statuses.filter((one) => one === 401).length).toBeLessThanOrEqual(40);
    expect(await status("my-token")).toBe(200);
  });
});
