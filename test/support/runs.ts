import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether tests do all their random runs. */
    thorough?: boolean;
    /** The seed of random operations; `SEED` names another one. */
    seed: number;
  }
}

/** Returns the number of random runs of a test: in `npm test`, and in `npm run test:fuzz`. */
export const runs = (few: number, many: number): number => (inject("thorough") ? many : few);
