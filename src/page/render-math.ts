/** Renders TeX as MathML. Loaded when an answer contains a formula. */
import temml from "temml";

/** Macro expansions of one formula; Temml allows 1,000. */
const MAX_EXPAND = 200;

/** Replaces the content of an element by a formula; leaves the source if it is not valid TeX. */
export function renderMath(text: string, element: HTMLElement, display: boolean): void {
  const rendered = document.createElement("span");
  try {
    temml.render(text, rendered, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxExpand: MAX_EXPAND,
      maxSize: [20, 20],
    });
  } catch {
    return;
  }
  element.replaceChildren(...rendered.childNodes);
}
