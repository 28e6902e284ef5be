/** The content that was added to a prompt, and dropped from it, since the previous answer. */
import type { Child } from "hono/jsx";
import { useEffect, useState } from "hono/jsx/dom";
import type { Memory } from "./api";
import { missingFact } from "./fact-actions";
import { hashOf, type PageLocation } from "./page-location";
import type { PageState } from "./state";
import { countText } from "./text-format";

/** Entries per list. */
const SHOWN = 12;

interface Difference<T> {
  added: T[];
  dropped: T[];
}

interface Change {
  recalled: Difference<Required<PageLocation>>;
  /** The ids of facts. */
  facts: Difference<string>;
  /** Recent messages of both prompts. */
  window: string;
}

/** Compares two lists by the keys of their entries. */
function differenceOf<T>(before: T[], after: T[], keyOf: (one: T) => string): Difference<T> {
  const without = (list: T[], other: T[]) => {
    const known = new Set(other.map(keyOf));
    return list.filter((one) => !known.has(keyOf(one)));
  };
  return { added: without(after, before), dropped: without(before, after) };
}

const recalledBy = ({ recalled }: Memory) => recalled.map(({ sessionId, seq }) => ({ sessionId, seq }));
const factsOf = ({ user }: Memory) => user?.facts ?? [];
const rangeOf = ({ window }: Memory) => (window ? `${window.fromSeq} to ${window.toSeq}` : "none");

const changeOf = (before: Memory, after: Memory): Change => ({
  recalled: differenceOf(recalledBy(before), recalledBy(after), hashOf),
  facts: differenceOf(factsOf(before), factsOf(after), (id) => id),
  window: `Recent messages: ${rangeOf(after)} (before: ${rangeOf(before)}).`,
});

/** A line that lists the first entries and counts the others. */
function Entries<T>({ title, entries, show }: { title: string; entries: T[]; show: (entry: T) => Child }) {
  if (entries.length === 0) return null;
  return (
    <li>
      {title}{" "}
      {entries.slice(0, SHOWN).map((entry, at) => (
        <span key={at}>
          {at > 0 && ", "}
          {show(entry)}
        </span>
      ))}
      {entries.length > SHOWN && ` and ${entries.length - SHOWN} others`}
    </li>
  );
}

interface ContextChangeProps {
  page: PageState;
  memory: Memory;
  /** The turn of the previous answer. */
  previousTurnId: string;
}

export function ContextChange({ page, memory, previousTurnId }: ContextChangeProps) {
  const [change, setChange] = useState<Change | null>(null);
  const { sessionId } = page.location;
  useEffect(() => {
    let stale = false;
    // The previous turn may be deleted; there is nothing to compare with then.
    page.api.turn(sessionId, previousTurnId).then(
      (turn) => stale || setChange(changeOf(turn.memory, memory)),
      () => {},
    );
    return () => {
      stale = true;
    };
  }, [previousTurnId, memory]);
  if (!change) return null;
  const { recalled, facts, window } = change;
  const texts = new Map(page.facts.map(({ id, text }) => [id, text]));
  const link = (target: Required<PageLocation>) => (
    <a href={hashOf(target)}>
      message {target.seq}
      {target.sessionId !== sessionId && " of another conversation"}
    </a>
  );
  const fact = (id: string) => (texts.has(id) ? <q dir="auto">{texts.get(id)}</q> : missingFact(page));
  const lists: (keyof Difference<string>)[] = ["added", "dropped"];
  return (
    <section>
      <h3>Since the previous answer</h3>
      <ul class="plain-list">
        <li>{window}</li>
        {lists.map((list) => (
          <Entries
            key={list}
            title={`${countText(recalled[list].length, "excerpt")} ${list}:`}
            entries={recalled[list]}
            show={link}
          />
        ))}
        {lists.map((list) => (
          <Entries
            key={list}
            title={`${countText(facts[list].length, "fact")} ${list}:`}
            entries={facts[list]}
            show={fact}
          />
        ))}
        {recalled.added.length + recalled.dropped.length === 0 && <li>The same excerpts.</li>}
      </ul>
    </section>
  );
}
