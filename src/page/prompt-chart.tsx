/** Charts of a prompt: its parts in tokens, and the messages of the session that it contains. */
import type { Memory } from "./api";

const PARTS = [
  ["system", "System prompt"],
  ["facts", "Facts"],
  ["window", "Recent messages"],
  ["recalled", "Recalled"],
  ["question", "Question"],
  ["reply", "Reserved for the reply"],
] as const;

const number = new Intl.NumberFormat("en");

/** Shows the parts of a prompt as a bar with a legend. */
export function PromptChart({ prompt }: { prompt: NonNullable<Memory["prompt"]> }) {
  const shown = PARTS.filter(([part]) => prompt[part] > 0);
  const all = Math.max(
    prompt.limit,
    shown.reduce((sum, [part]) => sum + prompt[part], 0),
  );
  const used = shown.reduce((sum, [part]) => sum + (part === "reply" ? 0 : prompt[part]), 0);
  return (
    <figure class="prompt-chart">
      <div class="bar" aria-hidden="true">
        {shown.map(([part]) => (
          <span key={part} class={`part ${part}`} style={{ "flex-grow": String(prompt[part] / all) }} />
        ))}
        <span class="part free" style={{ "flex-grow": String(1 - (used + prompt.reply) / all) }} />
      </div>
      <figcaption>
        <ul class="legend">
          {shown.map(([part, name]) => (
            <li key={part}>
              <span class={`swatch ${part}`} aria-hidden="true" />
              {name} <b>{number.format(prompt[part])}</b>
            </li>
          ))}
        </ul>
        <p class="quiet">
          {number.format(used)} of {number.format(prompt.limit)} tokens used
        </p>
      </figcaption>
    </figure>
  );
}

/** Shows the session as a strip and marks the messages that the prompt contains. */
export function SessionTimeline({ memory, sessionId, total }: { memory: Memory; sessionId: string; total: number }) {
  const { window, recalled } = memory;
  const own = recalled.filter((message) => message.sessionId === sessionId);
  const length = Math.max(total, window?.toSeq ?? 1, 1);
  const others = recalled.length - own.length;
  const said = [
    window ? `recent messages ${window.fromSeq} to ${window.toSeq}` : "no recent messages",
    `${own.length} recalled`,
    ...(others > 0 ? [`${others} of other conversations`] : []),
  ].join(", ");
  return (
    <svg
      class="session-timeline"
      viewBox={`0 0 ${length} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Of ${length} messages: ${said}`}
    >
      <rect class="all" x="0" y="0" width={length} height="10" />
      {window && (
        <rect class="window" x={window.fromSeq - 1} y="0" width={window.toSeq - window.fromSeq + 1} height="10" />
      )}
      {own.map(({ seq }) => (
        <rect key={seq} class="recalled" x={seq - 1} y="0" width={Math.max(1, length / 300)} height="10" />
      ))}
    </svg>
  );
}
