/** One turn's events to two readers, neither of whom can hold the other up. */
import { encodeEvent } from "./events";
import type { FinishedTurn, TurnEvent } from "./ports";

/** A stream that takes what it is given whether it is read or not; given to a reader who is gone, it is dropped. */
function pipe<T>() {
  let target: ReadableStreamDefaultController<T> | undefined;
  const stream = new ReadableStream<T>({
    start(controller) {
      target = controller;
    },
    cancel() {
      target = undefined;
    },
  });
  return { stream, give: (value: T) => target?.enqueue(value), close: () => target?.close() };
}

export interface Spread {
  client: ReadableStream<TurnEvent>;
  record: ReadableStream<Uint8Array>;
  /** The turn as it ended. */
  end: Promise<FinishedTurn>;
}

/** Reads the events as fast as they come. What waits for a slow reader is one answer, which is bounded. */
export function spread(events: AsyncIterable<TurnEvent>): Spread {
  const client = pipe<TurnEvent>();
  const record = pipe<Uint8Array>();
  const run = async (): Promise<FinishedTurn> => {
    const finished: FinishedTurn = {
      status: "interrupted",
      answer: "",
      model: "",
      finishReason: null,
      usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0 },
      memory: { tokens: 0, window: null, recalled: [], omitted: 0 },
    };
    for await (const event of events) {
      client.give(event);
      record.give(encodeEvent(event));
      if (event.type === "start") Object.assign(finished, { model: event.model, memory: event.memory });
      if (event.type === "delta") finished.answer += event.text;
      if (event.type === "done") Object.assign(finished, event.finished);
    }
    client.close();
    record.close();
    return finished;
  };
  return { client: client.stream, record: record.stream, end: run() };
}
