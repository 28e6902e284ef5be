/** Removes the tokens and role headers of chat templates from a model's text, even if chunks split them. */

const END_OF_TOKEN = "|>";
/** A token at the end of a text. */
const TOKEN = /<\|([a-z]\w{0,60})\|>$/i;
/** The start of a token at the end of a text, or of several: removing one token may complete another. */
const PART_OF_TOKEN = /(?:<(?:\|\w{0,60})?)*<(?:\|(?:[a-z]\w{0,60}\|?)?)?$/i;
const LONGEST_TOKEN = 200;
/** Maximum characters of a role. */
const LONGEST_ROLE = 40;
/** The tokens that start a role header: of Llama 3, of Llama 4, and of ChatML. */
const HEADER_STARTS = ["start_header_id", "header_start", "im_start"];
const HEADER_ENDS = ["end_header_id", "header_end"];

export class TemplateTokens {
  /** Text at the end that may be part of a token or a header. */
  #held = "";
  /** The position of a role in `#held`. */
  #role: number | undefined;
  /** True directly after a header, where line breaks are dropped. */
  #afterHeader = false;

  /** Adds text. @returns the text that is free of tokens */
  add(text: string): string {
    // Fast path: most chunks contain no part of a token.
    if (this.#held === "" && this.#role === undefined && !this.#afterHeader && !text.includes("<")) return text;
    const all = this.#held + text;
    let from = this.#held.length;
    let free = "";
    // Two chunks may split the end of a token, too.
    for (let at = all.indexOf(END_OF_TOKEN, Math.max(0, from - 1)); at !== -1; at = all.indexOf(END_OF_TOKEN, from)) {
      this.#append(all.slice(from, at + END_OF_TOKEN.length));
      from = at + END_OF_TOKEN.length;
      // Keeps the held text short: it is copied for each token.
      free += this.#release();
    }
    this.#append(all.slice(from));
    return free + this.#release();
  }

  /** Returns the remaining text, after the last chunk. */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  /** Appends text. Only its end may complete a token. */
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

  /** Ends a role at a line break, as in ChatML. Text longer than the limit is not a role. */
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
