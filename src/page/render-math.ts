/** Renders TeX as MathML. Loaded when an answer contains a formula. */
import buildMathML from "temml/src/buildMathML.js";
import { StyleLevel } from "temml/src/constants.js";
import parseTree from "temml/src/parseTree.js";
import Settings from "temml/src/Settings.js";
import Style from "temml/src/Style.js";

/** Macro expansions of one formula; Temml allows 1,000. */
const MAX_EXPAND = 200;

/** Replaces the content of an element by a formula; leaves the source if it is not valid TeX. */
export function renderMath(text: string, element: HTMLElement, displayMode: boolean): void {
  const settings = new Settings({
    displayMode,
    throwOnError: true,
    trust: false,
    maxExpand: MAX_EXPAND,
    maxSize: [20, 20],
  });
  try {
    const level = displayMode ? StyleLevel.DISPLAY : StyleLevel.TEXT;
    const style = new Style({ level, maxSize: settings.maxSize });
    element.replaceChildren(buildMathML(parseTree(text, settings), text, style, settings).toNode());
  } catch {
    return;
  }
}
