/** Short-lived session tokens for browsers: signed JWTs that name sessions or a user. The Worker does not store them. */
import { sign, verify } from "hono/jwt";
import { JwtTokenExpired } from "hono/utils/jwt/types";
import * as z from "zod/mini";
import { sessionId, userId } from "../schema/common-schema";
import { MAX_TOKEN_SESSIONS } from "../schema/token-schema";

const ALGORITHM = "HS256";

const claimsSchema = z
  .object({
    /** The digest of the API token that created this one: 64 hexadecimal digits. Revoking that token revokes this one. */
    digest: z.string(),
    /** The sessions that the token gives access to; absent if it names a user. */
    sessions: z.optional(z.array(sessionId).check(z.minLength(1), z.maxLength(MAX_TOKEN_SESSIONS))),
    userId: z.optional(userId),
    /** The time at which it expires, in seconds since 1970. */
    exp: z.int(),
  })
  .check(z.refine(({ sessions, userId }) => (sessions === undefined) !== (userId === undefined)));

export type SessionClaims = z.output<typeof claimsSchema>;

/** Signs a session token. @param key the setting `SESSION_KEY` */
export const signSessionToken = (claims: SessionClaims, key: string): Promise<string> => sign(claims, key, ALGORITHM);

/** Returns the claims of a session token, `expired`, or null if this key did not sign it. */
export async function readSessionToken(token: string, key: string): Promise<SessionClaims | "expired" | null> {
  try {
    return claimsSchema.parse(await verify(token, key, ALGORITHM));
  } catch (error) {
    return error instanceof JwtTokenExpired ? "expired" : null;
  }
}
