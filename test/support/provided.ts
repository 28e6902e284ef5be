/** Values that the global setup provides to tests. */
import "vitest";
import type { FileConversation } from "../../bench/scored-conversation";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a real encoder. */
    encoder: string;
    /** The bundled memory of this checkout and of another one. */
    versions: string[];
    /** Files with scored conversations. */
    scored: { name: string; conversations: FileConversation[] }[];
  }
}
