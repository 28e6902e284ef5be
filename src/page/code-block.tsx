/** A block of code: highlighted when the highlighter is loaded, with a button that copies it. */
import { memo, useEffect, useState } from "hono/jsx/dom";
import { CopyButton } from "./clipboard";
import type { CodeToken } from "./highlight";

/** Milliseconds without a change: code that is being written is not highlighted at every step. */
const PAUSE_MS = 300;
/** Characters that are highlighted. */
const MAX_HIGHLIGHTED = 20_000;

export const CodeBlock = memo(({ text, language }: { text: string; language: string }) => {
  const [highlighted, setHighlighted] = useState<{ text: string; tokens: CodeToken[] } | null>(null);
  const name = language.split(/\s/, 1)[0] ?? "";
  useEffect(() => {
    if (name === "" || text.length > MAX_HIGHLIGHTED) return;
    let stale = false;
    const timer = setTimeout(() => {
      // Without the highlighter, for example offline, the code is shown plain.
      import("./highlight").then(
        ({ highlight }) => stale || setHighlighted({ text, tokens: highlight(text, name) }),
        () => {},
      );
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, name]);
  return (
    <div class="code-block" dir="ltr">
      <div class="code-header">
        <span class="quiet">{name}</span>
        <CopyButton text={text} label="Copy code" />
      </div>
      <pre tabindex={0}>
        <code>
          {highlighted?.text === text
            ? highlighted.tokens.map(({ text: part, type }) =>
                type ? <span class={`code-${type}`}>{part}</span> : part,
              )
            : text}
        </code>
      </pre>
    </div>
  );
});
