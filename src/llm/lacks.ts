/** What models have answered that they cannot do. The catalogue does not know every model, nor every change of one. */

import { windowOf } from "./catalogue";

const isListed = (model: string) => windowOf(model) !== undefined;

/** JSON mode, or a level of reasoning. */
export type Lack = "json" | "reasoning";

/** By model, for as long as the isolate lives. */
const known = new Map<string, ReadonlySet<Lack>>();
/** Models are named by the operator; more of them than this are not remembered. */
const MAX_MODELS = 100;

/** Returns a copy, which a call may add to. The Llamas of the catalogue do not reason. */
export const lacksOf = (model: string): Set<Lack> =>
  new Set([...(known.get(model) ?? []), ...(isListed(model) ? ["reasoning" as const] : [])]);

/** Remembers with what a call of the model succeeded. */
export function rememberLacks(model: string, lacks: ReadonlySet<Lack>): void {
  if (lacks.size > 0 && (known.has(model) || known.size < MAX_MODELS)) known.set(model, lacks);
}
