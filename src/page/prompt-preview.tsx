/** The preview of the next question's prompt: summary, details, exact text, and a trial with other budgets. */
import { useEffect, useState } from "hono/jsx/dom";
import { ContextView } from "./answer-details";
import type { Preview } from "./api";
import { BudgetTrial } from "./budget-trial";
import { ContextChange } from "./context-change";
import { failureOf } from "./failure-text";
import { PromptDialog } from "./prompt-view";
import type { PageState } from "./state";
import { countText, numberText } from "./text-format";
import { WhyNot } from "./why-not";

/** Milliseconds after the last key until the preview is requested. */
const PAUSE_MS = 700;
/** Characters; a shorter text requests no preview. */
const LEAST = 8;

const recentOf = ({ memory }: Preview): number => (memory.window ? memory.window.toSeq - memory.window.fromSeq + 1 : 0);

function summaryOf(preview: Preview): string {
  const recalled = preview.memory.recalled.length;
  const messages = `${numberText(recentOf(preview))} recent and ${numberText(recalled)} recalled messages`;
  return `Will send ${messages}, ${countText(preview.promptTokens, "token")}`;
}

export function PromptPreview({ page, text }: { page: PageState; text: string }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [open, setOpen] = useState(false);
  /** Session tokens may not request previews. */
  const [allowed, setAllowed] = useState(true);
  const [showsPrompt, setShowsPrompt] = useState(false);
  const { sessionId } = page.location;
  useEffect(() => {
    setPreview(null);
    if (text.trim().length < LEAST || !allowed) return;
    let stale = false;
    const timer = setTimeout(() => {
      page.api.preview(sessionId, text, page.userId).then(
        (next) => stale || setPreview(next),
        (error: unknown) => {
          // The question can be sent without a preview.
          if (failureOf(error).code === "forbidden") setAllowed(false);
        },
      );
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, sessionId]);
  if (!preview) return null;
  const previous = page.window.messages.findLast(({ role, turnId }) => role === "assistant" && turnId)?.turnId;
  return (
    <div class={`preview${open ? " open" : ""}`}>
      <div class="row">
        <button
          type="button"
          class="chip"
          aria-expanded={String(open)}
          aria-controls="preview"
          onClick={() => setOpen(!open)}
        >
          {summaryOf(preview)}
        </button>
        <button type="button" class="chip" onClick={() => setShowsPrompt(true)}>
          Prompt
        </button>
      </div>
      <div id="preview" class="preview-details" hidden={!open} tabindex={-1}>
        {open && (
          <>
            <ContextView page={page} memory={preview.memory} promptTokens={preview.promptTokens} />
            <WhyNot page={page} question={text} />
            {previous !== undefined && <ContextChange page={page} memory={preview.memory} previousTurnId={previous} />}
            <BudgetTrial page={page} text={text} preview={preview} />
          </>
        )}
      </div>
      {showsPrompt && (
        <PromptDialog prompt={preview} sessionId={sessionId} facts={page.facts} onClose={() => setShowsPrompt(false)} />
      )}
    </div>
  );
}
