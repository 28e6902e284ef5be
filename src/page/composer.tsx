/** The form for the next question, with a preview of its prompt. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { ContextView } from "./answer-details";
import type { Preview } from "./api";
import type { PageState } from "./state";

/** Milliseconds after the last key until the preview is requested. */
const PAUSE_MS = 700;
/** Characters of a question: fewer request no preview. */
const PREVIEW_FROM = 8;
const MAX_QUESTION = 32_000;

/** Summarizes a preview in one line. */
function summaryOf({ memory, promptTokens }: Preview): string {
  const recent = memory.window ? memory.window.toSeq - memory.window.fromSeq + 1 : 0;
  return `Will send ${recent} recent and ${memory.recalled.length} recalled messages, ${promptTokens.toLocaleString("en")} tokens`;
}

export function Composer({ page }: { page: PageState }) {
  const [text, setText] = useState("");
  const [preview, setPreview] = useState<Preview | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { sessionId } = page.location;

  useEffect(() => {
    setPreview(null);
    if (text.trim().length < PREVIEW_FROM) return;
    let stale = false;
    const timer = setTimeout(() => {
      // Session tokens may not request previews. The question can be sent without one.
      page.api.preview(sessionId, text, page.userId).then(
        (next) => !stale && setPreview(next),
        () => {},
      );
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, sessionId]);
  useEffect(() => field.current?.focus(), [sessionId]);

  const send = () => {
    const question = text.trim();
    if (question === "") return;
    page.ask(question);
    setText("");
    field.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") {
      const answering = page.turns.of(sessionId).find(({ state }) => state === "answering");
      if (answering) void page.turns.stop(answering);
    }
  };
  return (
    <form
      class="composer"
      onSubmit={(event: Event) => {
        event.preventDefault();
        send();
      }}
    >
      {preview && (
        <details class="preview">
          <summary>{summaryOf(preview)}</summary>
          <ContextView api={page.api} memory={preview.memory} sessionId={sessionId} total={page.total} />
        </details>
      )}
      <label class="hidden" for="question">
        Your question
      </label>
      <textarea
        id="question"
        ref={field}
        rows={2}
        maxlength={MAX_QUESTION}
        value={text}
        placeholder="Ask, or say something to remember"
        onInput={(event: Event) => event.target instanceof HTMLTextAreaElement && setText(event.target.value)}
        onKeyDown={keys}
      />
      <button type="submit" disabled={text.trim() === ""}>
        Send
      </button>
    </form>
  );
}
