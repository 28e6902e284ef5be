/**
 * Runs a client's regular expression without `RegExp`, which backtracks: all possible steps advance together, one
 * character at a time.
 */
import { characterAt, PatternParser, PatternUnread } from "./pattern-parser";
import { programOf, type Step } from "./pattern-program";
import { NO, UNSURE, type Verdict, YES } from "./verdict";
import { VISIT, type Work } from "./work";

/** Points for reading one `\p{…}`, which the runtime looks up in its tables. */
const PROPERTY = 100 * VISIT;
/** Points for a class or an escape, which the runtime compiles at its first two tests, in 20 µs. */
const CLASS = 30 * VISIT;
/** Points for compiling one step. */
const STEP = 8;

/** Returns the flags of a pattern, `u` or none; undefined if it is invalid with and without the flag. */
export function flagsOf(source: string): string | undefined {
  for (const flags of ["u", ""]) {
    try {
      // Only parses the expression: the runtime compiles it at its first use.
      new RegExp(source, flags);
      return flags;
    } catch {
      // Tries the other flags.
    }
  }
  return undefined;
}

export class Pattern {
  readonly #flags: string;
  readonly #exact: boolean;
  /** Absent if the pattern is not checked. */
  readonly #steps: Step[] | undefined;
  /** The mark at which each step was last reached. */
  readonly #reached: Uint32Array;
  #mark = 0;

  /** @throws {WorkExceeded} */
  private constructor(source: string, flags: string, work: Work) {
    const parser = new PatternParser(source, flags);
    this.#flags = flags;
    this.#steps = stepsOf(parser);
    this.#exact = parser.exact;
    this.#reached = new Uint32Array((this.#steps?.length ?? 0) + 1);
    work.spend(STEP * this.#reached.length + CLASS * parser.classes.size);
  }

  /**
   * Reads a pattern. Returns undefined if it is invalid.
   * @throws {WorkExceeded}
   */
  static read(source: string, work: Work): Pattern | undefined {
    work.spend(VISIT + source.length + PROPERTY * (source.split(/\\p/i).length - 1));
    const flags = flagsOf(source);
    return flags === undefined ? undefined : new Pattern(source, flags, work);
  }

  /**
   * Returns whether a text contains a match; unsure if the checked part of a pattern matches, but the pattern also has
   * lookaround, backreferences or too many steps.
   * @throws {WorkExceeded}
   */
  test(text: string, work: Work): Verdict {
    work.spend(VISIT);
    if (!this.#steps) return UNSURE;
    if (!this.#hasMatch(this.#steps, text, work)) return NO;
    return this.#exact ? YES : UNSURE;
  }

  #hasMatch(steps: Step[], text: string, work: Work): boolean {
    const [first] = steps;
    const anchored = first?.kind === "at" && first.where === "^";
    let next: number[] = [];
    let before = "";
    // After the last character comes an empty one.
    for (let at = 0; at <= text.length; at += before.length || 1) {
      const char = characterAt(text, at, this.#flags);
      this.#mark += 1;
      let points = 2;
      const now = next;
      if (!anchored || before === "") now.push(0);
      else if (now.length === 0) return false;
      next = [];
      for (let from = now.pop(); from !== undefined; from = now.pop()) {
        points += 1;
        if (this.#reached[from] === this.#mark) continue;
        this.#reached[from] = this.#mark;
        const step = steps[from];
        if (!step) return true;
        if (step.kind === "fork") for (const to of step.to) now.push(to);
        else if (step.kind === "at") {
          if (holds(step.where, before, char)) now.push(from + 1);
        } else {
          const { of } = step;
          points += 2;
          if (typeof of === "string" ? of === char : of.test(char)) next.push(from + 1);
        }
      }
      work.spend(points);
      before = char;
    }
    return false;
  }
}

function stepsOf(parser: PatternParser): Step[] | undefined {
  try {
    return programOf(parser.parse());
  } catch (error) {
    if (error instanceof PatternUnread) return undefined;
    throw error;
  }
}

/** Returns whether an assertion is true between two characters. An empty one stands for the start or end of the text. */
function holds(where: string, before: string, after: string): boolean {
  if (where === "^") return before === "";
  if (where === "$") return after === "";
  return (/\w/.test(before) !== /\w/.test(after)) === (where === "b");
}
