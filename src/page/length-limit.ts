/**
 * Refuses a text that is longer than the `data-max` of its field, and keeps it. The attribute `maxlength` would cut a
 * pasted text without a word.
 */
import { numberText } from "./text-format";

const isTextField = (target: unknown): target is HTMLInputElement | HTMLTextAreaElement =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

export function limitLengths(): void {
  // Captures the event before the form's own listener gets it.
  addEventListener(
    "submit",
    (event) => {
      if (!(event.target instanceof HTMLFormElement)) return;
      for (const field of event.target.elements) {
        if (!isTextField(field) || field.dataset.max === undefined) continue;
        const { length } = field.value.trim();
        const max = Number(field.dataset.max);
        if (length <= max) continue;
        event.preventDefault();
        event.stopPropagation();
        field.setCustomValidity(
          `This text has ${numberText(length)} characters. Shorten it to ${numberText(max)} or fewer.`,
        );
        field.reportValidity();
        return;
      }
    },
    true,
  );
  // Otherwise the browser would refuse the next attempt, too.
  addEventListener("input", ({ target }) => isTextField(target) && target.setCustomValidity(""), true);
}
