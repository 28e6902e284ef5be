/**
 * Runs a client's regular expression without `RegExp`, which backtracks: all possible steps advance together, one
 * character at a time.
 */
import { has, isWord } from "./char-set";
import { PatternParser, PatternUnread } from "./pattern-parser";
import { programOf, type Step } from "./pattern-program";
import { NO, UNSURE, type Verdict, YES } from "./verdict";
import { VISIT, type Work } from "./work";

/** Points for reading one `\p{…}`, which the runtime looks up in its tables. */
const PROPERTY = 100 * VISIT;
/** Points for compiling one step, and for one test of a Unicode property. */
const STEP = 8;

/** Returns whether a pattern needs the `u` flag; undefined if it is invalid with and without the flag. */
function needsUnicode(source: string): boolean | undefined {
  for (const flags of ["u", ""]) {
    try {
      // Only parses the expression: the runtime compiles it at its first use.
      new RegExp(source, flags);
      return flags === "u";
    } catch {
      // Tries the other flags.
    }
  }
  return undefined;
}

export class Pattern {
  readonly #unicode: boolean;
  readonly #exact: boolean;
  /** Absent if the pattern is not checked. */
  readonly #steps: Step[] | undefined;
  /** The mark at which each step was last reached. */
  readonly #reached: Uint32Array;
  #mark = 0;

  private constructor(source: string, unicode: boolean) {
    const parser = new PatternParser(source, unicode);
    this.#unicode = unicode;
    this.#steps = stepsOf(parser);
    this.#exact = parser.exact;
    this.#reached = new Uint32Array((this.#steps?.length ?? 0) + 1);
  }

  /**
   * Reads a pattern. Returns undefined if it is invalid.
   * @throws {WorkExceeded}
   */
  static read(source: string, work: Work): Pattern | undefined {
    work.spend(VISIT + source.length + PROPERTY * (source.split(/\\p/i).length - 1));
    const unicode = needsUnicode(source);
    if (unicode === undefined) return undefined;
    const pattern = new Pattern(source, unicode);
    work.spend(STEP * pattern.#reached.length);
    return pattern;
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
    let before = -1;
    for (let at = 0; at <= text.length; ) {
      const code = at === text.length ? -1 : ((this.#unicode ? text.codePointAt(at) : text.charCodeAt(at)) ?? -1);
      this.#mark += 1;
      let points = 2;
      const now = next;
      if (!anchored || at === 0) now.push(0);
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
          if (holds(step.where, before, code)) now.push(from + 1);
        } else {
          points += 1 + STEP * step.set.properties.length;
          if (code >= 0 && has(step.set, code)) next.push(from + 1);
        }
      }
      work.spend(points);
      before = code;
      at += code > 0xffff ? 2 : 1;
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

/** Returns whether an assertion is true between two characters. -1 stands for the start or end of the text. */
function holds(where: string, before: number, after: number): boolean {
  if (where === "^") return before < 0;
  if (where === "$") return after < 0;
  return (isWord(before) !== isWord(after)) === (where === "b");
}
