/** Copying text. */
import { useState } from "hono/jsx/dom";

/** Milliseconds for which a button says that it copied. */
const SHOWN_MS = 1_500;

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http has no navigator.clipboard.
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "hidden" });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A button that copies a text. @param label the accessible name */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const click = async () => {
    await copy(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <>
      <button type="button" class="text-button" aria-label={label} onClick={() => void click()}>
        Copy
      </button>
      <span class="quiet" role="status">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}
