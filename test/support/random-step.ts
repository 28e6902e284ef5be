/** Parts that random operations share. */
import type { Question, RandomRun } from "./random-run";
import type { SessionReference } from "./reference-memory";

/** The arguments of an operation. */
export interface Step {
  run: RandomRun;
  session: SessionReference;
  /** The index of the session. */
  at: number;
  /** The index of the user, if the operation names one. */
  user: number | undefined;
  /** Chooses one of several turns, facts or variants. */
  pick: number;
}

/** Returns an item of a list; undefined for an empty one. */
export const one = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(list.length, 1)];

/** Returns a new question that the step's user asks in the step's session. */
export const question = ({ run, at: session, user }: Step): Question => ({
  ...{ session, user },
  question: run.reference.text({ session, user }, "asks about tea."),
});

/** Returns the header that names the step's user. */
export const userHeader = ({ run, user }: Step) =>
  user === undefined ? {} : { "x-user-id": run.reference.user(user).id };
