/** Encodes the events of a turn once for all followers with the same form. */
import type { Encode, TurnEvent } from "./types";

const utf8 = new TextEncoder();

/** The encoder of one follower. */
export interface Encoder {
  /** Followers with the same key get the same bytes; undefined for bytes of its own. */
  key: string | undefined;
  encode: Encode;
  /** Whether a failure names the follower's request: it is then encoded for each follower. */
  ownFailure: boolean;
}

interface Shared {
  encode: Encode;
  bytes: Map<TurnEvent, Uint8Array>;
}

export class Encodings {
  readonly #shared = new Map<string, Shared>();

  /**
   * Returns the bytes of some events of a turn.
   * @param all the turn's events so far, in order: an encoder may keep state from one to the next
   */
  bytesOf(encoder: Encoder, some: readonly TurnEvent[], all: readonly TurnEvent[]): Uint8Array {
    const { key } = encoder;
    if (key === undefined) return utf8.encode(some.map(encoder.encode).join(""));
    const { encode, bytes } = this.#sharedOf(key, encoder.encode);
    const isOwn = (event: TurnEvent) => event.type === "failed" && encoder.ownFailure;
    for (const event of all.slice(bytes.size)) if (!isOwn(event)) bytes.set(event, utf8.encode(encode(event)));
    // The map lacks a delta that was cut for one follower.
    return joined(some.map((event) => bytes.get(event) ?? utf8.encode(encoder.encode(event))));
  }

  #sharedOf(key: string, encode: Encode): Shared {
    const known = this.#shared.get(key);
    if (known) return known;
    const shared: Shared = { encode, bytes: new Map() };
    this.#shared.set(key, shared);
    return shared;
  }
}

/** Joins many events into one chunk: each chunk costs a write of its own. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
