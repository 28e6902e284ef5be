/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) from text that arrives in any pieces. `id` and `retry` are skipped: a model's
 * stream is never resumed.
 */
export class SseEvents {
  readonly #onEvent: (data: string, name: string) => void;
  /** The pieces of the line that has not ended. Joined once, so that a long line in many pieces costs linear time. */
  #line: string[] = [];
  /** Whether the last piece ended with CR: an LF at the start of the next one belongs to it. */
  #afterCr = false;
  #data: string[] = [];
  #name = "";

  /** @param onEvent called with each event that has data; the name is empty if the event has none */
  constructor(onEvent: (data: string, name: string) => void) {
    this.#onEvent = onEvent;
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
      if (this.#data.length > 0) this.#onEvent(this.#data.join("\n"), this.#name);
      this.#data = [];
      this.#name = "";
      return;
    }
    const [field = ""] = line.split(":", 1);
    const value = line.slice(field.length + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#name = value;
  }
}
