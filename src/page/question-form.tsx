/** A form in the place of a question, to edit it and ask it again. */
import { useLayoutEffect, useRef, useState } from "hono/jsx/dom";
import { MAX_QUESTION, sends } from "./question-field";

interface QuestionFormProps {
  question: string;
  /** Whether the edited question takes the place of the question. Otherwise it is asked in a copy of the conversation. */
  replaces: boolean;
  /** Called with the new text, or with null if the user cancels. */
  onEnd: (text: string | null) => void;
}

export function QuestionForm({ question, replaces, onEnd }: QuestionFormProps) {
  const [isEmpty, setEmpty] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the first paint: a later change of the selection would disturb the person who writes.
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    // The field keeps its own text: a render of the conversation must not put back an earlier one.
    current.value = question;
    current.focus();
    current.setSelectionRange(question.length, question.length);
  }, []);
  const submit = () => {
    const written = field.current?.value.trim() ?? "";
    if (written !== "") onEnd(written);
  };
  return (
    <form
      class="question-form"
      onSubmit={(event: Event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={field}
        aria-label="Edit your message"
        dir="auto"
        rows={2}
        data-max={MAX_QUESTION}
        onInput={() => setEmpty(field.current?.value.trim() === "")}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === "Escape" || sends(event)) event.preventDefault();
          if (event.key === "Escape") onEnd(null);
          else if (sends(event)) field.current?.form?.requestSubmit();
        }}
      />
      <p class="quiet">
        {replaces
          ? "The new answer takes the place of the old one."
          : "This conversation stays as it is. The edited message is sent in a copy that ends before it."}
      </p>
      <p class="row">
        <button type="submit" disabled={isEmpty}>
          Send
        </button>
        <button type="button" onClick={() => onEnd(null)}>
          Cancel
        </button>
      </p>
    </form>
  );
}
