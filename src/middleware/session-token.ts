/** Short-lived session tokens for browsers: signed JWTs that name sessions or a user. The Worker does not store them. */
import * as z from "zod/mini";
import { sessionId, userId } from "../schema/common-schema";
import { MAX_TOKEN_SESSIONS } from "../schema/token-schema";
import { signJwt, verifiedJwt } from "./jwt";

const claimsSchema = z
  .object({
    /** The digest of the API token that created this one: 64 hexadecimal digits. Revoking that token revokes this one. */
    digest: z.string(),
    /** The sessions that the token gives access to; absent if it names a user. */
    sessions: z.optional(z.array(sessionId).check(z.minLength(1), z.maxLength(MAX_TOKEN_SESSIONS))),
    userId: z.optional(userId),
    /** The time at which it expires, in seconds since 1970. */
    exp: z.int(),
    /** Absent from the Worker's own tokens. If present, the token is refused before these times. */
    nbf: z._default(z.number(), 0),
    iat: z._default(z.number(), 0),
  })
  .check(z.refine(({ sessions, userId }) => (sessions === undefined) !== (userId === undefined)));

type SessionClaims = z.output<typeof claimsSchema>;

/** Signs a session token. @param key the setting `SESSION_KEY` */
export const signSessionToken: (claims: z.input<typeof claimsSchema>, key: string) => Promise<string> = signJwt;

/** Returns the claims of a session token, `expired`, or null if this key did not sign it. */
export async function readSessionToken(token: string, key: string): Promise<SessionClaims | "expired" | null> {
  const { data: claims } = claimsSchema.safeParse(await verifiedJwt(token, key));
  const now = Math.floor(Date.now() / 1_000);
  if (!claims || Math.max(claims.nbf, claims.iat) > now) return null;
  return claims.exp > now ? claims : "expired";
}
