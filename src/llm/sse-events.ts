/**
 * Reads an event that has ended, or the first line of its data, so that a stream without blank lines is read too.
 * @param name empty if the event has none
 * @returns whether the first line is all of the event
 */
type OnData = (data: string, name: string, ended: boolean) => boolean;

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) from text that arrives in any pieces. `id` and `retry` are skipped: a model's
 * stream is never resumed.
 */
export class SseEvents {
  readonly #onData: OnData;
  /** The pieces of the line that has not ended. Joined once, so that a long line in many pieces costs linear time. */
  #line: string[] = [];
  /** Whether the last piece ended with CR: an LF at the start of the next one belongs to it. */
  #afterCr = false;
  #data: string[] = [];
  #name = "";

  constructor(onData: OnData) {
    this.#onData = onData;
  }

  /** Reads a piece of text. A byte order mark must have been removed, as `TextDecoder` does. */
  feed(text: string): void {
    if (text === "") return;
    const rest = this.#afterCr && text.startsWith("\n") ? text.slice(1) : text;
    this.#afterCr = text.endsWith("\r");
    const [first = "", ...lines] = rest.split(/\r\n|\r|\n/);
    this.#line.push(first);
    for (const next of lines) {
      this.#read(this.#line.join(""));
      this.#line = [next];
    }
  }

  #read(line: string): void {
    if (line === "") {
      if (this.#data.length > 0) this.#onData(this.#data.join("\n"), this.#name, true);
      this.#data = [];
      this.#name = "";
      return;
    }
    const [field = ""] = line.split(":", 1);
    const value = line.slice(field.length + 1).replace(/^ /, "");
    if (field === "data") {
      // Tries only single lines, so that many lines cost linear time.
      if (this.#data.length > 0 || !this.#onData(value, this.#name, false)) this.#data.push(value);
    } else if (field === "event") this.#name = value;
  }
}
