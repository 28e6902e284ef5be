/** A form in the place of a question, to edit it and ask it again. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { MAX_QUESTION, sends } from "./question-field";

interface QuestionFormProps {
  question: string;
  /** Whether the edited question takes the place of the question. Otherwise it is asked in a copy of the conversation. */
  replaces: boolean;
  /** Called with the new text, or with null if the user cancels. */
  onEnd: (text: string | null) => void;
}

export function QuestionForm({ question, replaces, onEnd }: QuestionFormProps) {
  const [text, setText] = useState(question);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { current } = field;
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
  }, []);
  const submit = () => {
    // The state may be one render behind the field.
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
        maxlength={MAX_QUESTION}
        value={text}
        onInput={(event: Event) => event.target instanceof HTMLTextAreaElement && setText(event.target.value)}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === "Escape" || sends(event)) event.preventDefault();
          if (event.key === "Escape") onEnd(null);
          else if (sends(event)) submit();
        }}
      />
      <p class="quiet">
        {replaces
          ? "The new answer takes the place of the old one."
          : "This conversation stays as it is. The edited message is sent in a copy that ends before it."}
      </p>
      <p class="row">
        <button type="submit" disabled={text.trim() === ""}>
          Send
        </button>
        <button type="button" onClick={() => onEnd(null)}>
          Cancel
        </button>
      </p>
    </form>
  );
}
