import type { PromptMessage } from "./types";

/**
 * Returns a hash of a prompt: an integer of 53 bits. It shows whether a prompt that is rebuilt later has the same text.
 * Nothing else depends on it, so it need not be as strong and slow as SHA-256. Source of its two factors: cyrb53,
 * https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js
 */
export function promptHash(messages: readonly PromptMessage[]): number {
  const text = JSON.stringify(messages.map(({ role, content, toolCalls }) => [role, content, toolCalls]));
  let high = 0;
  let low = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 1_597_334_677);
    low = Math.imul(low ^ code, 2_654_435_761);
  }
  // The upper 21 bits of one half: multiplication mixes them best.
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
