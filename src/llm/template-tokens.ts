/** Removes the tokens and role headers of chat templates from a model's text, also when they are split over chunks. */

const END_OF_TOKEN = "|>";
/** A token at the end of a text. */
const TOKEN = /<\|([a-z]\w{0,60})\|>$/i;
/** The beginning of a token at the end of a text, or beginnings of several: removing one may complete another. */
const PART_OF_TOKEN = /(?:<(?:\|\w{0,60})?)*<(?:\|(?:[a-z]\w{0,60}\|?)?)?$/i;
const LONGEST_TOKEN = 200;
/** Characters that a role may have. */
const LONGEST_ROLE = 40;
/** The tokens around a role, of Llama 3, of Llama 4, and of models that use neither. */
const HEADER_STARTS = ["start_header_id", "header_start", "im_start"];
const HEADER_ENDS = ["end_header_id", "header_end"];

export class TemplateTokens {
  /** Text that may still become a part of a token or a header. */
  #held = "";
  /** Where in `#held` a role begins. */
  #role: number | undefined;
  /** Whether line breaks are dropped, because a header precedes them. */
  #afterHeader = false;

  /** Adds text. @returns the text that can be passed on */
  add(text: string): string {
    // Most chunks have no part of a token.
    if (this.#held === "" && this.#role === undefined && !this.#afterHeader && !text.includes("<")) return text;
    const all = this.#held + text;
    let from = this.#held.length;
    // The end of a token may itself be split.
    for (let at = all.indexOf(END_OF_TOKEN, Math.max(0, from - 1)); at !== -1; at = all.indexOf(END_OF_TOKEN, from)) {
      this.#append(all.slice(from, at + END_OF_TOKEN.length));
      from = at + END_OF_TOKEN.length;
    }
    this.#append(all.slice(from));
    return this.#release();
  }

  /** Returns the rest, at the end of the text. */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  /** Appends text in which a token can end at the end alone. */
  #append(text: string): void {
    const shown = this.#afterHeader ? text.replace(/^[\r\n]+/, "") : text;
    if (shown !== "") this.#afterHeader = false;
    this.#held += shown;
    const [token, name] = TOKEN.exec(this.#held.slice(-LONGEST_TOKEN)) ?? [];
    if (token !== undefined && name !== undefined) {
      this.#held = this.#held.slice(0, -token.length);
      if (HEADER_STARTS.includes(name)) this.#role = this.#held.length;
      else if (HEADER_ENDS.includes(name) && this.#role !== undefined) {
        this.#held = this.#held.slice(0, this.#role);
        this.#role = undefined;
        this.#afterHeader = true;
      }
    }
    if (this.#role !== undefined) this.#endRole(this.#role);
  }

  /** ChatML ends a role with a line break; a text that is too long is no role. */
  #endRole(start: number): void {
    const role = this.#held.slice(start);
    const line = /^\w*\n/.exec(role);
    if (line) this.#held = this.#held.slice(0, start) + role.slice(line[0].length);
    if (line || role.length > LONGEST_ROLE) this.#role = undefined;
  }

  #release(): string {
    const part = PART_OF_TOKEN.exec(this.#held.slice(-LONGEST_TOKEN));
    const end = this.#role ?? this.#held.length - (part?.[0].length ?? 0);
    const text = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    if (this.#role !== undefined) this.#role = 0;
    return text;
  }
}
