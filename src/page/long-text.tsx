import type { Child } from "hono/jsx";
import { useState } from "hono/jsx/dom";

/** Characters that are shown of a long text before somebody wants all. */
const FIRST = 8_000;

/** A text, or its beginning where it is very long. */
export function LongText({ text, children }: { text: string; children: (text: string) => Child }) {
  const [all, setAll] = useState(text.length <= FIRST);
  if (all) return <>{children(text)}</>;
  return (
    <>
      {children(text.slice(0, FIRST))}
      <button type="button" class="link" onClick={() => setAll(true)}>
        Show all {text.length.toLocaleString("en")} characters
      </button>
    </>
  );
}
