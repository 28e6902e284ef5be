import { sign, verify } from "hono/jwt";
import { describe, expect, it } from "vitest";
import { signJwt, verifiedJwt } from "../../src/middleware/jwt";

const KEY = "k".repeat(32);
const CLAIMS = { digest: "d", sessions: ["s", "日本語"], exp: 9_999_999_999 };

/** Returns the claims that `hono/jwt` reads; undefined if it refuses the token. */
const readByHono = (token: string, key = KEY) => verify(token, key, "HS256").catch(() => undefined);

/** Signs any header and claims, given as text. */
async function signed(header: string, claims = JSON.stringify(CLAIMS)): Promise<string> {
  const text = [header, claims].map((part) => Buffer.from(part).toString("base64url")).join(".");
  const bytes = (input: string) => new TextEncoder().encode(input);
  const key = await crypto.subtle.importKey("raw", bytes(KEY), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${text}.${Buffer.from(await crypto.subtle.sign("HMAC", key, bytes(text))).toString("base64url")}`;
}

describe("a JSON Web Token", () => {
  it("is the one that another library signs, and each reads the other's", async () => {
    const token = await signJwt(CLAIMS, KEY);
    expect(token).toBe(await sign(CLAIMS, KEY, "HS256"));
    expect(await readByHono(token)).toEqual(CLAIMS);
    expect(await verifiedJwt(token, KEY)).toEqual(CLAIMS);
  });

  it("is refused with another key", async () => {
    expect(await verifiedJwt(await signJwt(CLAIMS, KEY), "l".repeat(32))).toBeUndefined();
  });

  it("is refused if any of its characters is another one, as by another library", async () => {
    const token = await signJwt(CLAIMS, KEY);
    for (let at = 0; at < token.length; at += 1) {
      for (const other of ["A", "B", "9", "_", ".", "=", "+", " ", ""]) {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        if (changed === token) continue;
        expect(await verifiedJwt(changed, KEY), changed).toEqual(await readByHono(changed));
        // The last character has two bits that belong to no byte.
        if (at < token.length - 1) expect(await verifiedJwt(changed, KEY), changed).toBeUndefined();
      }
    }
  });

  it.each([
    ['{"typ":"JWT","alg":"HS256"}', true],
    ['{"alg":"HS256"}', true],
    ['{"alg":"HS256","typ":"JWT","kid":"1"}', true],
    ['{"alg":"none"}', false],
    ['{"alg":"hs256"}', false],
    ['{"alg":"HS512"}', false],
    ['{"alg":"RS256"}', false],
    ['{"alg":["HS256"]}', false],
    ['{"typ":"JWT"}', false],
    ['{"alg":"HS256","typ":"at+jwt"}', false],
    ['{"alg":"HS256","typ":1}', false],
    ['{"alg":"HS256","crit":["exp"],"exp":1}', false],
    ["[]", false],
    ["null", false],
    ['"HS256"', false],
    ["{", false],
  ])("with the header %s is read: %s", async (header, isRead) => {
    const token = await signed(header);
    expect(await verifiedJwt(token, KEY)).toEqual(isRead ? CLAIMS : undefined);
    expect(await readByHono(token)).toEqual(isRead ? CLAIMS : undefined);
  });

  it.each(["", ".", "..", "a", "a.b", "a.b.c", "a.b.c.d", "🦙.🦙.🦙", `${"a".repeat(100_000)}.b.c`])(
    "cannot be read from %.20s",
    async (token) => {
      expect(await verifiedJwt(token, KEY)).toBeUndefined();
    },
  );

  it("is refused if its claims are no JSON", async () => {
    expect(await verifiedJwt(await signed('{"alg":"HS256"}', "no JSON"), KEY)).toBeUndefined();
  });
});
