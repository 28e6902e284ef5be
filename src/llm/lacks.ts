/** Remembers the abilities that models turned out to lack. The catalogue is incomplete and may be out of date. */

import { windowOf } from "./catalogue";

const isListed = (model: string) => windowOf(model) !== undefined;

/** An ability that a model may lack: JSON mode, or a level of reasoning. */
export type Lack = "json" | "reasoning";

/** By model, until the isolate ends. */
const known = new Map<string, ReadonlySet<Lack>>();
/** Maximum number of models to remember. Operators choose their names. */
const MAX_MODELS = 100;

/** Returns a copy that a call may add to. Models of the catalogue have no levels of reasoning. */
export const lacksOf = (model: string): Set<Lack> =>
  new Set([...(known.get(model) ?? []), ...(isListed(model) ? ["reasoning" as const] : [])]);

/** Stores the missing abilities after a call without them succeeded. */
export function rememberLacks(model: string, lacks: ReadonlySet<Lack>): void {
  if (lacks.size > 0 && (known.has(model) || known.size < MAX_MODELS)) known.set(model, lacks);
}
