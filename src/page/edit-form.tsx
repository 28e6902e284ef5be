import { useEffect, useRef } from "hono/jsx/dom";

interface EditFormProps {
  /** The accessible name of the field. */
  label: string;
  value: string;
  maxLength: number;
  /** Called with the new text, or with null if nothing is to be changed. */
  onEnd: (text: string | null) => void;
}

/** A form with one field, in the place of the text that it edits. Escape cancels it. */
export function EditForm({ label, value, maxLength, onEnd }: EditFormProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const text = field.current?.value.trim() ?? "";
    onEnd(text === "" || text === value ? null : text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    // Otherwise a dialog around the form would close.
    event.preventDefault();
    onEnd(null);
  };
  return (
    <form class="row edit-form" onSubmit={submit}>
      <input ref={field} aria-label={label} value={value} data-max={maxLength} dir="auto" onKeyDown={onKeyDown} />
      <button type="submit">Save</button>
      <button type="button" onClick={() => onEnd(null)}>
        Cancel
      </button>
    </form>
  );
}
