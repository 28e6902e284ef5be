import type { PromptMessage } from "./types";

/**
 * Returns a hash of a prompt of 53 bits (cyrb53). It shows whether a prompt that is rebuilt later has the same text; nothing
 * else depends on it. Synchronous, unlike the platform's digests: a turn does not wait for it.
 */
export function promptHash(messages: readonly PromptMessage[]): string {
  const text = JSON.stringify(messages.map(({ role, content, toolCalls }) => [role, content, toolCalls]));
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(36);
}
