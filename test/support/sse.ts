/** Reads event streams in tests. */

export interface ServerSentEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

export function parseEvents(text: string): ServerSentEvent[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data: "))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
      return { id: field("id"), event: field("event"), data: JSON.parse(field("data")) };
    });
}

export const textOf = (events: ServerSentEvent[]) =>
  events.map(({ event, data }) => (event === "delta" ? data.text : "")).join("");

/** Reads the events of a body one after the other. */
export class Events {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";
  raw = "";

  constructor(response: Response) {
    if (!response.body) throw new Error("no body");
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Returns the next event; undefined at the end. */
  async next(): Promise<ServerSentEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const [event] = parseEvents(this.#text.slice(0, end + 2));
        this.#text = this.#text.slice(end + 2);
        if (event) return event;
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
      this.raw += value;
    }
  }

  /** Returns all remaining events. */
  async rest(): Promise<ServerSentEvent[]> {
    const events: ServerSentEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  /** Disconnects in the middle of the stream. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}
