/** Sliders for the budgets of window and recall, and the prompt that they give, next to the one that will be sent. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Preview, PromptBudget } from "./api";
import { failureOf } from "./failure-text";
import type { PageState } from "./state";
import { countText, numberText } from "./text-format";

/** Milliseconds after the last move of a slider until the trial is requested. */
const PAUSE_MS = 300;
/** Steps of a slider. */
const STEPS = 40;

function Column({ title, preview }: { title: string; preview: Preview }) {
  const { memory, promptTokens } = preview;
  const { window, recalled } = memory;
  return (
    <div>
      <h4>{title}</h4>
      <ul class="plain-list">
        <li>{countText(promptTokens, "token")}</li>
        <li>{window ? `Messages ${window.fromSeq} to ${window.toSeq}` : "No recent messages"}</li>
        <li>{countText(recalled.length, "excerpt")}</li>
      </ul>
      <ol class="trial-excerpts">
        {recalled.map(({ sessionId, seq, content }) => (
          <li key={`${sessionId} ${seq}`} dir="auto">
            {content}
          </li>
        ))}
      </ol>
    </div>
  );
}

interface SliderProps {
  label: string;
  value: number;
  max: number;
  onChange: (value: number) => void;
}

const Slider = ({ label, value, max, onChange }: SliderProps) => (
  <label class="slider">
    <span>
      {label}: {numberText(value)} tokens
    </span>
    <input
      type="range"
      min={0}
      max={max}
      step={Math.max(1, Math.floor(max / STEPS))}
      value={value}
      onInput={(event: Event) => event.target instanceof HTMLInputElement && onChange(Number(event.target.value))}
    />
  </label>
);

export function BudgetTrial({ page, text, preview }: { page: PageState; text: string; preview: Preview }) {
  const { context, reply, window, recall } = preview.budget;
  const [budget, setBudget] = useState<Required<PromptBudget>>({ windowTokens: window, recallTokens: recall });
  const [trial, setTrial] = useState<Preview | null>(null);
  const [failure, setFailure] = useState("");
  const isChanged = budget.windowTokens !== window || budget.recallTokens !== recall;
  const { sessionId } = page.location;
  useEffect(() => {
    setFailure("");
    if (!isChanged) return setTrial(null);
    let stale = false;
    const timer = setTimeout(() => {
      page.api.preview(sessionId, text, page.userId, budget).then(
        (next) => stale || setTrial(next),
        (error: unknown) => stale || setFailure(failureOf(error).text),
      );
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [budget.windowTokens, budget.recallTokens, text]);
  const most = Math.max(0, context - reply);
  return (
    <section class="budget-trial">
      <h3>Try other budgets</h3>
      <Slider
        label="Recent messages"
        value={budget.windowTokens}
        max={most}
        onChange={(windowTokens) => setBudget({ ...budget, windowTokens })}
      />
      <Slider
        label="Recalled messages"
        value={budget.recallTokens}
        max={most}
        onChange={(recallTokens) => setBudget({ ...budget, recallTokens })}
      />
      {failure && <p role="alert">{failure}</p>}
      {trial && (
        <div class="columns" role="status">
          <Column title="Will be sent" preview={preview} />
          <Column title="With these budgets" preview={trial} />
        </div>
      )}
      <p class="quiet">A trial only: the question is sent with the server's budgets.</p>
    </section>
  );
}
