/** Names and ids of function calls in requests, histories and imports. */
import { pattern } from "./fields";

/** The name of the function. */
export const functionName = pattern(/^[A-Za-z0-9_.-]{1,128}$/, "must be 1 to 128 of the characters A-Z a-z 0-9 _ . -");

// The id of a function call. Clients and models write `call_abc`, `toolu_01Ab`, `functions.weather:0`, `a|b` or Base64.
/** The id of the function call. */
export const callId = pattern(
  /^[A-Za-z0-9_.:@+/=|#~-]{1,256}$/,
  "must be 1 to 256 of the characters A-Z a-z 0-9 _ . : @ + / = | # ~ -",
);
