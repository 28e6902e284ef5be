/** The messages that were added to a prompt, and dropped from it, since the previous answer. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Api, Memory } from "./api";
import { hashOf, type PageLocation } from "./page-location";
import { countText } from "./text-format";

/** Links per list. */
const SHOWN = 12;

interface Change {
  added: Required<PageLocation>[];
  dropped: Required<PageLocation>[];
  /** Recent messages of both prompts. */
  window: string;
}

const recalledBy = ({ recalled }: Memory) => recalled.map(({ sessionId, seq }) => ({ sessionId, seq }));

/** Returns the messages of one list that another does not contain. */
const without = (list: Required<PageLocation>[], other: Required<PageLocation>[]) => {
  const known = new Set(other.map(hashOf));
  return list.filter((message) => !known.has(hashOf(message)));
};

const rangeOf = ({ window }: Memory) => (window ? `${window.fromSeq} to ${window.toSeq}` : "none");

function changeOf(before: Memory, after: Memory): Change {
  return {
    added: without(recalledBy(after), recalledBy(before)),
    dropped: without(recalledBy(before), recalledBy(after)),
    window: `Recent messages: ${rangeOf(after)} (before: ${rangeOf(before)}).`,
  };
}

function Links({ title, links, own }: { title: string; links: Required<PageLocation>[]; own: string }) {
  if (links.length === 0) return null;
  return (
    <li>
      {title}{" "}
      {links.slice(0, SHOWN).map((link, at) => (
        <span key={hashOf(link)}>
          {at > 0 && ", "}
          <a href={hashOf(link)}>
            message {link.seq}
            {link.sessionId !== own && " of another conversation"}
          </a>
        </span>
      ))}
      {links.length > SHOWN && ` and ${links.length - SHOWN} others`}
    </li>
  );
}

interface ContextChangeProps {
  api: Api;
  sessionId: string;
  memory: Memory;
  /** The turn of the previous answer. */
  previousTurnId: string;
}

export function ContextChange({ api, sessionId, memory, previousTurnId }: ContextChangeProps) {
  const [change, setChange] = useState<Change | null>(null);
  useEffect(() => {
    let stale = false;
    // The previous turn may be deleted; there is nothing to compare with then.
    api.turn(sessionId, previousTurnId).then(
      (turn) => stale || setChange(changeOf(turn.memory, memory)),
      () => {},
    );
    return () => {
      stale = true;
    };
  }, [previousTurnId, memory]);
  if (!change) return null;
  const { added, dropped, window } = change;
  return (
    <section>
      <h3>Since the previous answer</h3>
      <ul class="plain-list">
        <li>{window}</li>
        <Links title={`${countText(added.length, "excerpt")} added:`} links={added} own={sessionId} />
        <Links title={`${countText(dropped.length, "excerpt")} dropped:`} links={dropped} own={sessionId} />
        {added.length + dropped.length === 0 && <li>The same excerpts.</li>}
      </ul>
    </section>
  );
}
