/** The page's keyboard shortcuts. */

export type Command = "help" | "search" | "new" | "stop";

export const isMac = /mac|iphone|ipad/i.test(navigator.platform);

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** Returns the command of a key, or null. A dialog that is open gets its keys first. */
export function commandOf(event: KeyboardEvent): Command | null {
  const { key, altKey, ctrlKey, metaKey, shiftKey, target } = event;
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return null;
  if (key === "Escape") return "stop";
  if (key === "?" && !isWriting(target) && !altKey && !ctrlKey && !metaKey) return "help";
  const letter = key.toLowerCase();
  if ((isMac ? metaKey : ctrlKey) && !altKey) {
    if (letter === "k" && !shiftKey) return "search";
    if (letter === "o" && shiftKey) return "new";
  }
  // On a Mac, Option types letters. AltGr, which types letters elsewhere, comes as Ctrl and Alt.
  if (altKey && !ctrlKey && !metaKey && !shiftKey && !isMac && !event.getModifierState("AltGraph")) {
    if (letter === "n") return "new";
    if (letter === "s") return "search";
  }
  return null;
}
