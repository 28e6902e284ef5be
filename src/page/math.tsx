/** A formula: shown as source until the renderer is loaded, or if it cannot be rendered. */
import { memo, useEffect, useRef } from "hono/jsx/dom";

export const Formula = memo(({ text, display }: { text: string; display: boolean }) => {
  const element = useRef<HTMLSpanElement>(null);
  // The renderer writes into the element, so it has no children of its own.
  useEffect(() => {
    const { current } = element;
    if (!current) return;
    current.textContent = text;
    import("./render-math").then(
      ({ renderMath }) => renderMath(text, current, display),
      () => {},
    );
  }, [text, display]);
  return <span ref={element} class={display ? "formula display" : "formula"} dir="ltr" />;
});
