/** Values that the global setup provides to tests. */
import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a real encoder. */
    encoder: string;
  }
}
