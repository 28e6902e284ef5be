/** Short-lived tokens for browsers. They are signed, so that nothing of them is stored, and open the sessions, or the user, that they name. */
import { sign, verify } from "hono/jwt";
import { JwtTokenExpired } from "hono/utils/jwt/types";
import * as z from "zod";
import { MAX_TOKEN_SESSIONS, sessionId, userId } from "../schema/common-schema";

const ALGORITHM = "HS256";

const claimsSchema = z
  .object({
    /** The digest of the API token that this one was made with, and with which it dies: 64 hexadecimal digits. */
    digest: z.string(),
    /** What it opens: sessions, or what is a user's. */
    sessions: z.array(sessionId).min(1).max(MAX_TOKEN_SESSIONS).optional(),
    userId: userId.optional(),
    /** When it expires, in seconds since 1970. */
    exp: z.int(),
  })
  // A caller without either holds an API token, which opens everything.
  .refine(({ sessions, userId }) => (sessions === undefined) !== (userId === undefined));

export type SessionClaims = z.output<typeof claimsSchema>;

/** @param key the secret of the settings */
export const signSessionToken = (claims: SessionClaims, key: string): Promise<string> => sign(claims, key, ALGORITHM);

/** What a token says; null where it is no token that this key has signed. */
export async function readSessionToken(token: string, key: string): Promise<SessionClaims | "expired" | null> {
  try {
    return claimsSchema.parse(await verify(token, key, ALGORITHM));
  } catch (error) {
    return error instanceof JwtTokenExpired ? "expired" : null;
  }
}
