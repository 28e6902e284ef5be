/** The map of the session: days, and the messages that a prompt contains or takes facts from. Days and marks are links. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Memory, Message } from "./api";
import { hashOf } from "./page-location";
import type { PageState } from "./state";
import { countText, dayText, numberText } from "./text-format";

/** Days on the map: as many as fit on a phone. */
const DAYS = 4;

interface Mark {
  part: "window" | "recalled" | "facts" | "cut-off";
  name: string;
  from: number;
  to: number;
}

function marksOf({ window, recalled }: Memory, sessionId: string, factSeqs: number[]): Mark[] {
  const one = (part: Mark["part"], name: string) => (seq: number) => ({ part, name, from: seq, to: seq });
  const own = recalled.filter((message) => message.sessionId === sessionId);
  return [
    ...(window ? [{ part: "window" as const, name: "Recent messages", from: window.fromSeq, to: window.toSeq }] : []),
    ...own.map(({ seq }) => one("recalled", "Excerpt of message")(seq)),
    ...factSeqs.map(one("facts", "Source of a fact, message")),
    ...(window?.shortened ?? []).map(({ seq }) => one("cut-off", "Shortened message")(seq)),
  ];
}

/** Links to messages at equal distances, named by their days. */
function Days({ page, length }: { page: PageState; length: number }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const { sessionId } = page.location;
  useEffect(() => {
    let stale = false;
    const seqs = Array.from({ length: DAYS }, (_, at) => 1 + Math.round(((length - 1) * at) / (DAYS - 1)));
    // Without days the map is still a map.
    page.api.pick(sessionId, [...new Set(seqs)]).then(
      (picked) => stale || setMessages(picked.sort((a, b) => a.seq - b.seq)),
      () => {},
    );
    return () => {
      stale = true;
    };
  }, [sessionId, length]);
  return (
    <p class="days quiet">
      {messages.map(({ seq, createdAt }) => (
        <a key={seq} href={hashOf({ sessionId, seq })} title={`Message ${numberText(seq)}`}>
          {dayText(createdAt)}
        </a>
      ))}
    </p>
  );
}

export function SessionTimeline({ page, memory }: { page: PageState; memory: Memory }) {
  const { sessionId } = page.location;
  const { window, recalled } = memory;
  const used = new Set(memory.user?.facts);
  const factSeqs = page.facts
    .filter(({ id }) => used.has(id))
    .flatMap(({ sources }) => sources.filter((source) => source.sessionId === sessionId).map(({ seq }) => seq));
  const own = recalled.filter((message) => message.sessionId === sessionId);
  const others = recalled.length - own.length;
  const cutOff = window?.shortened?.length ?? 0;
  const length = Math.max(page.total, window?.toSeq ?? 1, 1);
  const parts = [
    window ? `recent messages ${window.fromSeq} to ${window.toSeq}` : "no recent messages",
    `${own.length} recalled`,
    ...(others > 0 ? [`${others} of other conversations`] : []),
    ...(factSeqs.length > 0 ? [`${factSeqs.length} with facts`] : []),
    ...(cutOff > 0 ? [`${cutOff} shortened`] : []),
  ];
  const percent = (messages: number) => `${(100 * messages) / length}%`;
  return (
    <div class="timeline">
      <div class="strip">
        <div class="all" role="img" aria-label={`Of ${length} messages: ${parts.join(", ")}`} />
        {marksOf(memory, sessionId, [...new Set(factSeqs)]).map(({ part, name, from, to }) => (
          // The Tab key skips the marks: the lists below have the same links.
          <a
            key={`${part} ${from}`}
            class={part}
            href={hashOf({ sessionId, seq: from })}
            tabindex={-1}
            title={`${name} ${from === to ? numberText(from) : `${numberText(from)} to ${numberText(to)}`}`}
            style={{ left: percent(from - 1), width: percent(to - from + 1) }}
          >
            <span class="hidden">{from === to ? `Message ${from}` : `Messages ${from} to ${to}`}</span>
          </a>
        ))}
      </div>
      {length > 1 && <Days page={page} length={length} />}
      <p class="quiet">
        Message 1 to {numberText(length)}: {parts.join(", ")}.
        {memory.omitted > 0 && ` ${countText(memory.omitted, "message")} did not fit or did not match.`}
      </p>
    </div>
  );
}
