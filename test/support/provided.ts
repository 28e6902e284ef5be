/** What the set-up of the tests provides them with. */
import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a real encoder answers. */
    encoder: string;
  }
}
