/** Shows the session as a strip and marks the messages that a prompt contains. The marks are links. */
import type { Memory } from "./api";
import { hashOf } from "./page-location";
import { countText, dayText, numberText } from "./text-format";

interface SessionTimelineProps {
  memory: Memory;
  sessionId: string;
  /** The number of the session's messages. */
  total: number;
  /** The times of its first and last message, ISO 8601. */
  span: { firstAt: string | null; lastAt: string | null };
}

export function SessionTimeline({ memory, sessionId, total, span }: SessionTimelineProps) {
  const { window, recalled } = memory;
  const own = recalled.filter((message) => message.sessionId === sessionId);
  const others = recalled.length - own.length;
  const length = Math.max(total, window?.toSeq ?? 1, 1);
  const parts = [
    window ? `recent messages ${window.fromSeq} to ${window.toSeq}` : "no recent messages",
    `${own.length} recalled`,
    ...(others > 0 ? [`${others} of other conversations`] : []),
  ];
  const marks = [
    ...(window ? [{ part: "window", from: window.fromSeq, to: window.toSeq }] : []),
    ...own.map(({ seq }) => ({ part: "recalled", from: seq, to: seq })),
  ];
  const percent = (messages: number) => `${(100 * messages) / length}%`;
  return (
    <div class="timeline">
      <div class="strip">
        <div class="all" role="img" aria-label={`Of ${length} messages: ${parts.join(", ")}`} />
        {marks.map(({ part, from, to }) => (
          // The Tab key skips the marks: the list of recalled messages has the same links.
          <a
            key={`${part} ${from}`}
            class={part}
            href={hashOf({ sessionId, seq: from })}
            tabindex={-1}
            style={{ left: percent(from - 1), width: percent(to - from + 1) }}
          >
            <span class="hidden">{from === to ? `Message ${from}` : `Messages ${from} to ${to}`}</span>
          </a>
        ))}
      </div>
      {span.firstAt !== null && span.lastAt !== null && (
        <p class="span quiet">
          <span>{dayText(span.firstAt)}</span>
          <span>{dayText(span.lastAt)}</span>
        </p>
      )}
      <p class="quiet">
        Message 1 to {numberText(length)}: {parts.join(", ")}.
        {memory.omitted > 0 && ` ${countText(memory.omitted, "message")} did not fit or did not match.`}
      </p>
    </div>
  );
}
