/** Finds the last line of a text that arrives in any pieces. */
export class LastLine {
  #line = "";
  /** The beginning of a line that has not ended. */
  #rest = "";

  add(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    this.#line = lines.at(-1) ?? this.#line;
  }

  get line(): string {
    return this.#rest || this.#line;
  }
}
