/** Names and ids of calls, the same in requests, histories and imports. */
import * as z from "zod";

export const functionName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, "must be 1 to 128 of the characters A-Z a-z 0-9 _ . -");

/** The id of a call, as clients and models make them: `call_abc`, `toolu_01Ab`, `functions.weather:0`, `a|b`, Base64. */
export const callId = z
  .string()
  .regex(/^[A-Za-z0-9_.:@+/=|#~-]{1,256}$/, "must be 1 to 256 of the characters A-Z a-z 0-9 _ . : @ + / = | # ~ -");
