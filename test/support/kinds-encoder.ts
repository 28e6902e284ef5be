/** An encoder for tests that need no real one: texts about the same thing have the same vector. */
import { vi } from "vitest";
import { ScriptedModel } from "./scripted-model";

/** The kinds of things. Texts of no kind are near to nothing else. */
const KINDS = [
  /\b(?:pets?|spaniel|poodle|dogs?)\b/i,
  /\b(?:vehicles?|bicycle|lorry)\b/i,
  /\b(?:meals?|soup|omelette)\b/i,
];
/** The further dimensions, which tell texts of no kind apart. */
const OTHERS = 61;

const run = ScriptedModel.prototype.run;

function vectorOf(text: string): number[] {
  // The last line is the message; a line before it is the message before.
  const own = text.split("\n").at(-1) ?? "";
  const kind = KINDS.findIndex((words) => words.test(own));
  const hash = [...own].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003, 7);
  const axis = kind >= 0 ? kind : KINDS.length + (hash % OTHERS);
  return Array.from({ length: KINDS.length + OTHERS }, (_, at) => (at === axis ? 1 : ((at * 7 + hash) % 13) / 1_000));
}

/** The calls of the encoder, as the texts of each, and a gate that holds them. */
export interface KindsEncoder {
  calls: string[][];
  /** Holds later calls until the returned function is called. */
  hold: () => () => void;
}

/** Replaces the encoder of all Workers until mocks are restored. */
export function kindsEncoder(): KindsEncoder {
  let gate: Promise<void> | undefined;
  const encoder: KindsEncoder = {
    calls: [],
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return () => {
        gate = undefined;
        held.resolve();
      };
    },
  };
  vi.spyOn(ScriptedModel.prototype, "run").mockImplementation(async function (
    this: ScriptedModel,
    model,
    inputs,
    options,
  ) {
    if (!("text" in inputs)) return Reflect.apply(run, this, [model, inputs, options]);
    encoder.calls.push(inputs.text);
    await gate;
    return { data: inputs.text.map(vectorOf) };
  });
  return encoder;
}
