/** Values that the global setup provides to tests. */
import "vitest";
import type { FileConversation } from "../../bench/scored-conversation";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a real encoder. */
    encoder: string;
    /** Files with scored conversations. */
    scored: { name: string; conversations: FileConversation[] }[];
  }
}
