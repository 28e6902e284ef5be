/** One turn's events to two readers, neither of whom can hold the other up. */
import { encodeEvent, isLast } from "./events";
import { type FinishedTurn, NOTHING_YET, type TurnEvent } from "./types";

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
  /** The turn as it ended. The client is not told of the end yet: that would acknowledge what is not durable. */
  end: Promise<{ finished: FinishedTurn; last: TurnEvent }>;
  /** Tells the client how it ended. */
  close: (last: TurnEvent) => void;
}

/** Reads the events as fast as they come. What waits for a slow reader is one answer, which is bounded. */
export function spread(events: AsyncIterable<TurnEvent>): Spread {
  const client = pipe<TurnEvent>();
  const record = pipe<Uint8Array>();
  const run = async () => {
    const finished: FinishedTurn = { ...NOTHING_YET };
    let last: TurnEvent = { type: "failed", failure: { reason: "turn_interrupted" }, at: 0 };
    for await (const event of events) {
      record.give(encodeEvent(event));
      if (event.type === "start") Object.assign(finished, { model: event.model, memory: event.memory });
      if (event.type === "delta") finished.answer += event.text;
      if (event.type === "done") Object.assign(finished, event.finished);
      if (isLast(event)) last = event;
      else client.give(event);
    }
    record.close();
    return { finished, last };
  };
  const close = (last: TurnEvent) => {
    client.give(last);
    client.close();
  };
  return { client: client.stream, record: record.stream, end: run(), close };
}
