import type { Child } from "hono/jsx";
import { useState } from "hono/jsx/dom";

/** Characters of a long text that are shown first: more than an answer of 4,096 tokens, the most, usually has. */
export const SHOWN_AT_FIRST = 17_000;

/** Shows a text; of a long one the beginning, and a button that shows the rest. */
export function LongText({ text, children }: { text: string; children: (text: string) => Child }) {
  const [all, setAll] = useState(text.length <= SHOWN_AT_FIRST);
  if (all) return <>{children(text)}</>;
  return (
    <>
      {children(text.slice(0, SHOWN_AT_FIRST))}
      <button type="button" class="link" onClick={() => setAll(true)}>
        Show all {text.length.toLocaleString("en")} characters
      </button>
    </>
  );
}
