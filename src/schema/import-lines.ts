/** Reads an import line by line. At most one batch is in memory, however long the body is. */
import * as z from "zod/mini";
import { MAX_IMPORT_BODY, MAX_LINE } from "../limits";
import { FailureError, invalid } from "../middleware/respond";
import type { Entry } from "../turn/types";
import { lengthOf } from "../wire/ndjson";
import { exportLines } from "./export-schema";
import { utf8Decoder } from "./utf8-decoder";

/** The most entries and characters of a batch. Each costs a call; a Worker of the free plan may make 50. */
const BATCH = 2_000;
const BATCH_CHARACTERS = 1_000_000;

/** Bytes to read at once. */
const CHUNK = 65_536;

export interface Batch {
  entries: Entry[];
  /** The line number of each entry. Blank lines count, as in an editor. */
  lines: number[];
  characters: number;
  /** The title of the session; set in the first batch. */
  title?: string | undefined;
  isLast: boolean;
}

const empty = (): Batch => ({ entries: [], lines: [], characters: 0, isLast: false });

/** Returns the error for an invalid line. */
export const badLine = (line: number, message: string, path: PropertyKey[] = []) =>
  invalid(["line", line, ...path].join("."), message);

/** Yields the entries of a session's export in batches. @throws {FailureError} at the first invalid line */
export async function* batchesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Batch> {
  const lines = linesOf(body);
  try {
    yield* batchesIn(lines);
    const { value } = await lines.next();
    if (typeof value === "object") throw badLine(value.line, "an export begins with `llamory` and ends with `end`");
  } finally {
    await lines.return(undefined);
  }
}

/** Yields the entries of the session that follows, in batches, up to its `end`. @throws {FailureError} at the first invalid line */
export async function* batchesIn(lines: Lines): AsyncGenerator<Batch> {
  let last = 0;
  let messages = 0;
  let batch = empty();
  for (;;) {
    const { value } = await lines.next();
    if (typeof value !== "object") throw badLine(value ?? 1, "an export ends with `end`: this one is incomplete");
    const { line, text } = value;
    const read = entryIn(readLine<SessionLine>(exportLines, text, line));
    if ("llamory" in read !== (last === 0)) throw badLine(line, "an export begins with `llamory` and ends with `end`");
    last = line;
    if ("end" in read) {
      if (read.end.messages !== messages) throw badLine(line, `there were ${messages} messages before it`);
      break;
    }
    if ("llamory" in read) batch.title = read.title;
    else {
      batch.entries.push(read);
      batch.lines.push(line);
      messages += lengthOf(read);
      batch.characters += text.length;
    }
    if (batch.entries.length < BATCH && batch.characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = empty();
  }
  yield { ...batch, isLast: true };
}

type SessionLine = z.output<(typeof exportLines)[keyof typeof exportLines]>;
type Line = Entry | { llamory: "session"; title?: string | undefined } | { end: { messages: number } };

/** Returns the value of a line. @param schemas of the kinds of lines, by the field that only this kind has */
export function readLine<T>(schemas: Record<string, z.core.$ZodType<T>>, text: string, line: number): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badLine(line, "is not valid JSON");
  }
  const kind = Object.keys(schemas).find((name) => typeof json === "object" && json !== null && name in json);
  const schema = kind === undefined ? undefined : schemas[kind];
  if (!schema) throw badLine(line, "is not a line of an export");
  const result = z.safeParse(schema, json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badLine(line, issue?.message ?? "is not a line of an export", issue?.path);
}

function entryIn(read: SessionLine): Line {
  if ("message" in read) return { message: { ...read.message, createdAt: Date.parse(read.message.createdAt) } };
  if (!("turn" in read)) return read;
  const { createdAt, finishedAt } = read.turn;
  return { turn: { ...read.turn, createdAt: Date.parse(createdAt), finishedAt: Date.parse(finishedAt) } };
}

/** The lines of a body that are not blank, with their numbers; then the number after the last one. */
export type Lines = AsyncGenerator<{ line: number; text: string }, number | undefined, undefined>;

/** Yields the lines of a body that are not blank, with their numbers. */
export async function* linesOf(body: ReadableStream<Uint8Array> | null): Lines {
  if (!body) return 1;
  const decode = utf8Decoder();
  let bytes = 0;
  let line = 1;
  let last = 0;
  let rest = "";
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.byteLength;
    if (bytes > MAX_IMPORT_BODY) throw new FailureError({ reason: "body_too_large", limit: MAX_IMPORT_BODY });
    const lines = decode(chunk, { stream: true }).split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? "";
    for (const text of lines) {
      if (text.trim() !== "") {
        yield { line, text };
        last = line;
      }
      line += 1;
    }
    if (rest.length > MAX_LINE) throw badLine(line, `may have ${MAX_LINE} characters`);
  }
  rest += decode();
  if (rest.trim() === "") return last + 1;
  yield { line, text: rest };
  return line + 1;
}

/** Yields the bytes of a body in one reused buffer: a buffer per chunk would add up to megabytes. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(CHUNK);
  try {
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    // After an invalid line, the rest of the body is not read.
    await reader.cancel().catch(() => {});
  }
}
