import type { PromptMessage } from "./types";

/**
 * Returns a hash of a prompt: an integer of 32 bits. It shows whether a prompt that is rebuilt later has the same text.
 * Nothing else depends on it, so it need not be as strong and slow as SHA-256. Source of its factor: cyrb53,
 * https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js
 */
export function promptHash(messages: readonly PromptMessage[]): number {
  let hash = 0;
  for (const { role, content, toolCalls = "" } of messages) {
    for (const text of [role, content, toolCalls && JSON.stringify(toolCalls)])
      for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 1_597_334_677);
  }
  return hash;
}
