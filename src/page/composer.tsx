/** Where a question is written, with what would be remembered for it. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { MemoryView } from "./answer-details";
import type { Preview } from "./api";
import type { PageState } from "./state";

/** Milliseconds without a key until a preview is asked for. */
const PAUSE_MS = 700;
const LEAST = 8;
const MOST = 32_000;

/** What would be remembered, in a line. */
function toldOf({ memory, promptTokens }: Preview): string {
  const recent = memory.window ? memory.window.toSeq - memory.window.fromSeq + 1 : 0;
  return `Would go with ${recent} recent and ${memory.recalled.length} recalled messages, ${promptTokens.toLocaleString("en")} tokens`;
}

export function Composer({ page }: { page: PageState }) {
  const [text, setText] = useState("");
  const [preview, setPreview] = useState<Preview | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { sessionId } = page.spot;

  useEffect(() => {
    setPreview(null);
    if (text.trim().length < LEAST) return;
    let over = false;
    const timer = setTimeout(() => {
      // Where a token may not look, or the server is away, there is none.
      page.api.preview(sessionId, text, page.userId).then(
        (known) => !over && setPreview(known),
        () => {},
      );
    }, PAUSE_MS);
    return () => {
      over = true;
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
      const answering = page.asks.of(sessionId).find(({ state }) => state === "answering");
      if (answering) void page.asks.stop(answering);
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
          <summary>{toldOf(preview)}</summary>
          <MemoryView api={page.api} memory={preview.memory} sessionId={sessionId} total={page.total} />
        </details>
      )}
      <label class="hidden" for="question">
        Your question
      </label>
      <textarea
        id="question"
        ref={field}
        rows={2}
        maxlength={MOST}
        value={text}
        placeholder="Ask, or tell something to remember"
        onInput={(event: Event) => event.target instanceof HTMLTextAreaElement && setText(event.target.value)}
        onKeyDown={keys}
      />
      <button type="submit" disabled={text.trim() === ""}>
        Send
      </button>
    </form>
  );
}
