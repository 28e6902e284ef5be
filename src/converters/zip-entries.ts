/** Reads a zip by its directory: only the wanted entries, each as a stream, wherever they are. */
import { Inflate } from "fflate";
import { type ByteSource, bytesOf } from "./byte-source";
import { ConvertError } from "./converted";

/** The most entries and bytes of a directory: exports with pictures have some ten thousand entries. */
const MAX_ENTRIES = 500_000;
const MAX_DIRECTORY = 128 * 1024 * 1024;

/** Sizes of fixed parts of a zip, in bytes; the end may have a comment of 64 KiB. */
const END = 22;
const LOCATOR = 20;
const END_64 = 56;
const MAX_COMMENT = 65_535;
const CENTRAL = 46;
const LOCAL = 30;

const SIGNATURE = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 };

/** A field with this value is in the extra field of zip64. */
const IN_EXTRA = 0xffff_ffff;
const EXTRA_64 = 1;

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

export interface ZipEntry {
  path: string;
  method: number;
  encrypted: boolean;
  /** Bytes in the zip. */
  packed: number;
  /** The place of its header. */
  offset: number;
}

const damaged = () => new ConvertError("The zip is damaged.");

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export async function isZip(source: ByteSource): Promise<boolean> {
  const start = await bytesOf(source, 0, Math.min(4, source.size));
  return start.length === 4 && [SIGNATURE.local, SIGNATURE.end].includes(viewOf(start).getUint32(0, true));
}

/** Returns the entries of a zip, without folders. @throws {ConvertError} if it is damaged or has too many */
export async function zipEntries(source: ByteSource): Promise<ZipEntry[]> {
  const { count, size, offset } = await directoryOf(source);
  if (count > MAX_ENTRIES || size > MAX_DIRECTORY)
    throw new ConvertError(`The zip has more than ${MAX_ENTRIES} files.`);
  const bytes = await bytesOf(source, offset, offset + size);
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  for (let at = 0; at + CENTRAL <= bytes.length && entries.length < count; ) {
    if (view.getUint32(at, true) !== SIGNATURE.central) throw damaged();
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const end = at + CENTRAL + (name ?? 0) + (extra ?? 0);
    if (end > bytes.length) throw damaged();
    // Windows PowerShell separates folders with backslashes.
    const path = new TextDecoder()
      .decode(bytes.subarray(at + CENTRAL, at + CENTRAL + (name ?? 0)))
      .replaceAll("\\", "/");
    const large = extra64(view, at, at + CENTRAL + (name ?? 0), end);
    const entry = {
      path,
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & ENCRYPTED) !== 0,
      packed: large.packed,
      offset: large.offset,
    };
    if (!path.endsWith("/")) entries.push(entry);
    at = end + (comment ?? 0);
  }
  return entries;
}

/** Returns the size and the place of an entry, from its extra field if they do not fit. */
function extra64(view: DataView, at: number, from: number, end: number): { packed: number; offset: number } {
  const fields = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  for (let place = from; place + 4 <= end; place += 4 + view.getUint16(place + 2, true)) {
    if (view.getUint16(place, true) !== EXTRA_64) continue;
    let value = place + 4;
    for (const [index, field] of fields.entries()) {
      if (field !== IN_EXTRA || value + 8 > end) continue;
      fields[index] = Number(view.getBigUint64(value, true));
      value += 8;
    }
  }
  const [, packed = 0, offset = 0] = fields;
  return { packed, offset };
}

async function directoryOf(source: ByteSource): Promise<{ count: number; size: number; offset: number }> {
  const start = Math.max(0, source.size - END - MAX_COMMENT - LOCATOR);
  const tail = await bytesOf(source, start, source.size);
  const view = viewOf(tail);
  let at = tail.length - END;
  while (at >= 0 && view.getUint32(at, true) !== SIGNATURE.end) at -= 1;
  if (at < 0) throw new ConvertError("The zip is cut off: download it again.");
  const directory = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  if (at < LOCATOR || view.getUint32(at - LOCATOR, true) !== SIGNATURE.locator) return directory;
  const place = Number(view.getBigUint64(at - LOCATOR + 8, true));
  const end64 = viewOf(await bytesOf(source, place, place + END_64));
  if (end64.byteLength < END_64 || end64.getUint32(0, true) !== SIGNATURE.end64) throw damaged();
  const [count = 0, size = 0, offset = 0] = [32, 40, 48].map((field) => Number(end64.getBigUint64(field, true)));
  return { count, size, offset };
}

/** Yields the unpacked bytes of an entry. @throws {ConvertError} if it is damaged, encrypted or packed in another way */
export async function* unpacked(source: ByteSource, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const header = viewOf(await bytesOf(source, entry.offset, entry.offset + LOCAL));
  if (header.byteLength < LOCAL || header.getUint32(0, true) !== SIGNATURE.local) throw damaged();
  if (entry.encrypted) throw new ConvertError("The zip has a password: unpack it first.");
  const from = entry.offset + LOCAL + header.getUint16(26, true) + header.getUint16(28, true);
  const chunks = source.slice(from, from + entry.packed);
  if (entry.method === STORED) yield* chunks;
  else if (entry.method === DEFLATED) yield* inflated(chunks);
  else throw new ConvertError("The zip is packed in an unknown way: unpack it first.");
}

/** The most packed bytes to unpack at once: they may become a thousand times as many. */
const PIECE = 16_384;

async function* inflated(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const done: Uint8Array[] = [];
  let ended = false;
  const inflate = new Inflate((chunk, final) => {
    done.push(chunk);
    ended ||= final;
  });
  const push = (bytes: Uint8Array, final: boolean) => {
    try {
      inflate.push(bytes, final);
    } catch {
      throw damaged();
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      push(chunk.subarray(at, at + PIECE), false);
      yield* done.splice(0);
    }
  }
  push(new Uint8Array(0), true);
  if (!ended) throw damaged();
  yield* done.splice(0);
}
