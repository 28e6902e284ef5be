import type { Entry } from "./types";

/** How many messages a piece of a session has. */
export const lengthOf = (entry: Entry): number =>
  "message" in entry ? 1 : 1 + (entry.turn.results?.length ?? 0) + (entry.turn.question === undefined ? 0 : 1);
