/** The part of a turn that a client has received. */
export interface Received {
  turnId: string;
  /** Characters of the answer; infinite after the last event. */
  characters: number;
}

/** Reads the id of an event; undefined for another text. */
export function receivedOf(lastEventId: string | undefined): Received | undefined {
  const [, turnId, characters, done] = /^(.+?):(\d+)(:done)?$/.exec(lastEventId ?? "") ?? [];
  if (turnId === undefined) return undefined;
  return { turnId, characters: done === undefined ? Number(characters) : Number.POSITIVE_INFINITY };
}
