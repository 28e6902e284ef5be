/** The form for the next question. Its text is a draft of the conversation. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { draftOf, saveDraft } from "./drafts";
import { ForgetOffer } from "./forget-offer";
import { forgetWishOf } from "./forget-wish";
import { Icon } from "./icons";
import { PromptPreview } from "./prompt-preview";
import { MAX_QUESTION, sends } from "./question-field";
import { mayChangeTurns } from "./rights";
import type { PageState } from "./state";
import { isTemporary } from "./temporary";

export function Composer({ page }: { page: PageState }) {
  const { sessionId } = page.location;
  const [, setVersion] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  // Read at each render: a discarded question comes back as the draft.
  const text = draftOf(sessionId);
  const [wish, setWish] = useState<{ sessionId: string; text: string } | null>(null);
  const running = page.turns.running(sessionId);

  useEffect(() => {
    // It concerns the draft of another session.
    field.current?.setCustomValidity("");
    // On a touch device the focus would open the keyboard over the conversation.
    if (!matchMedia("(pointer: coarse)").matches) field.current?.focus();
  }, [sessionId]);

  const write = (next: string) => {
    saveDraft(sessionId, next);
    setVersion((version) => version + 1);
  };
  const send = async () => {
    const question = text.trim();
    if (question === "") return;
    write("");
    field.current?.focus();
    if (await page.ask(question)) {
      const wished = isTemporary(sessionId) || !mayChangeTurns(page) ? null : forgetWishOf(question);
      setWish(wished === null ? null : { sessionId, text: wished });
    } else if (draftOf(sessionId) === "") write(question);
  };
  return (
    <div class="composer">
      {wish?.sessionId === sessionId && <ForgetOffer page={page} wish={wish.text} onClose={() => setWish(null)} />}
      <PromptPreview page={page} text={text} />
      <form
        onSubmit={(event: Event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label class="hidden" for="question">
          Your message
        </label>
        <textarea
          id="question"
          ref={field}
          rows={1}
          dir="auto"
          data-max={MAX_QUESTION}
          value={text}
          placeholder={isTemporary(sessionId) ? "Ask: nothing of this is stored" : "Ask, or say something to remember"}
          onInput={(event: Event) => event.target instanceof HTMLTextAreaElement && write(event.target.value)}
          onKeyDown={(event: KeyboardEvent) => {
            if (!sends(event)) return;
            event.preventDefault();
            field.current?.form?.requestSubmit();
          }}
        />
        {running && (
          <button type="button" class="stop" onClick={() => void page.turns.stop(running)}>
            <Icon name="stop" /> Stop
          </button>
        )}
        <button type="submit" class="send" disabled={text.trim() === ""}>
          <Icon name="send" /> Send
        </button>
      </form>
    </div>
  );
}
