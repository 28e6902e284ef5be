/** The columns of the table of facts, and their conversion. */
import type { ExportedVersion, FactVersion, Learned, Place } from "../../turn/user-memory";

/** The most turns that are stored as sources of a version: the newest ones. */
const MAX_SOURCES = 32;

/** A row of the table of versions, and when the version ended: null or absent for a current one. */
export interface Row extends Record<string, SqlStorageValue> {
  number: number;
  id: string;
  version: number;
  text: string | null;
  tokens: number;
  since: string | null;
  until: string | null;
  pinned: number;
  author: string;
  session: string | null;
  seq: number | null;
  learned: string | null;
  created_at: number;
  updated_at: number;
  ended_at: number | null;
}

export type { Learned } from "../../turn/user-memory";

/** A version to store. */
export interface NewVersion extends Pick<FactVersion, "pinned" | "writtenBy" | "since" | "until"> {
  /** Absent for a new fact. */
  id?: string | undefined;
  /** Null ends the fact. */
  text: string | null;
  /** The message that a person named as the source. */
  source?: Place | undefined;
  learned: Learned[];
}

/** Returns the turns that a version was learned from. */
export const learnedIn = ({ learned }: Pick<Row, "learned">): Learned[] =>
  learned === null ? [] : JSON.parse(learned);

/** Returns the message that a person named as the source. */
const sourceOf = ({ session, seq }: Row): Place | undefined =>
  session === null || seq === null ? undefined : { sessionId: session, seq };

export function toVersion(row: Row): FactVersion {
  const { id, version, tokens, ended_at: endedAt = null } = row;
  const { text, source, learned, ...exported } = toExported(row);
  const places = learned.map(({ sessionId, seq }) => ({ sessionId, seq }));
  return { ...exported, id, version, text: text ?? "", tokens, sources: [source ?? [], places].flat(), endedAt };
}

export const toExported = (row: Row): ExportedVersion => ({
  number: row.number,
  text: row.text,
  since: row.since,
  until: row.until,
  pinned: row.pinned === 1,
  writtenBy: row.author === "person" ? "person" : "model",
  source: sourceOf(row),
  learned: learnedIn(row),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Returns the stored form of the turns that a version was learned from. */
export const jsonOf = (learned: Learned[]) =>
  learned.length === 0 ? null : JSON.stringify(learned.slice(-MAX_SOURCES));
