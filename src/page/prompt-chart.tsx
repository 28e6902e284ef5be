/** Shows the parts of a prompt as a bar with a legend. */
import type { Memory } from "./api";
import { numberText } from "./text-format";

/** The parts in the order of the prompt. */
export const PROMPT_PARTS = [
  ["system", "System prompt"],
  ["window", "Recent messages"],
  ["facts", "Facts"],
  ["recalled", "Recalled"],
  ["question", "Question"],
  ["reply", "Reserved for the reply"],
] as const;

export type PromptPart = (typeof PROMPT_PARTS)[number][0];

interface PromptChartProps {
  prompt: NonNullable<Memory["prompt"]>;
  /** Tokens of the prompt as the model or the server counted them. */
  counted: number;
}

export function PromptChart({ prompt, counted }: PromptChartProps) {
  const shown = PROMPT_PARTS.filter(([part]) => prompt[part] > 0);
  const estimated = shown.reduce((sum, [part]) => sum + (part === "reply" ? 0 : prompt[part]), 0);
  const all = Math.max(prompt.limit, estimated + prompt.reply);
  const share = (tokens: number) => ({ "flex-grow": String(Math.max(0, tokens) / all) });
  return (
    <figure class="prompt-chart">
      <div class="bar" aria-hidden="true">
        {shown.map(([part]) => (
          <span key={part} class={`part ${part}`} style={share(prompt[part])} />
        ))}
        <span class="part free" style={share(all - estimated - prompt.reply)} />
      </div>
      <figcaption>
        <p>
          <b>
            {numberText(counted)} of {numberText(prompt.limit)} tokens used
          </b>
          <span class="quiet">, estimated by part:</span>
        </p>
        <ul class="legend">
          {shown.map(([part, name]) => (
            <li key={part}>
              <span class={`swatch ${part}`} aria-hidden="true" />
              {name} <b>{Math.round((100 * prompt[part]) / all) || "under 1"} %</b>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
