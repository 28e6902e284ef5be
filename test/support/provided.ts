/** Values that the global setup provides to tests. */
import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a real encoder answers. */
    encoder: string;
  }
}
