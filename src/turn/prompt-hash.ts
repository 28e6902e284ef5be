import { fingerprintOf } from "./fingerprint";
import type { PromptMessage } from "./types";

/** Returns a hash of a prompt. It shows whether a prompt that is rebuilt later has the same text; nothing else depends on it. */
export const promptHash = (messages: readonly PromptMessage[]): Promise<string> =>
  fingerprintOf(JSON.stringify(messages.map(({ role, content, toolCalls }) => [role, content, toolCalls])));
