/** Compiles a pattern to the steps of a Thompson automaton. */
import { type PatternNode, PatternUnread } from "./pattern-parser";

export type Step = Extract<PatternNode, { kind: "one" | "at" }> | { kind: "fork"; to: number[] };

/** Maximum steps of one pattern: two per character of `.{0,10000}`. */
const MAX_STEPS = 20_000;

/**
 * Returns the steps. The pattern matches when a run gets past the last one.
 * @throws {PatternUnread} if there are too many
 */
export function programOf(pattern: PatternNode): Step[] {
  const steps: Step[] = [];

  const push = <S extends Step>(step: S): S => {
    if (steps.length >= MAX_STEPS) throw new PatternUnread();
    steps.push(step);
    return step;
  };
  const fork = (...to: number[]) => push<{ kind: "fork"; to: number[] }>({ kind: "fork", to });

  function emit(node: PatternNode): void {
    switch (node.kind) {
      case "one":
      case "at":
        push(node);
        return;
      case "sequence":
        node.parts.forEach(emit);
        return;
      case "choice": {
        const start = fork();
        const ends = node.options.map((option) => {
          start.to.push(steps.length);
          emit(option);
          return fork();
        });
        for (const end of ends) end.to.push(steps.length);
        return;
      }
      case "repeat":
        repeat(node);
    }
  }

  function repeat({ part, min, max }: Extract<PatternNode, { kind: "repeat" }>): void {
    for (let copy = 1; copy < min; copy += 1) emit(part);
    // Each optional copy can jump to the end, so few steps are active at once.
    const exits = min === 0 ? [fork(steps.length + 1)] : [];
    const start = steps.length;
    emit(part);
    if (max === Infinity) fork(start, steps.length + 1);
    else {
      for (let copy = Math.max(min, 1); copy < max; copy += 1) {
        exits.push(fork(steps.length + 1));
        emit(part);
      }
    }
    for (const exit of exits) exit.to.push(steps.length);
  }

  emit(pattern);
  return steps;
}
