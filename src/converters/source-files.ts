/** The files of an export: one file, or the entries of a zip, as streams. */
import type { ByteSource } from "./byte-source";
import { ConvertError } from "./converted";
import { isZip, unpacked, zipEntries } from "./zip-entries";

export interface SourceFile {
  /** The path inside the export. */
  path: string;
  /** The bytes. Read them before the next file, at most once. */
  chunks: AsyncIterable<Uint8Array>;
}

/** The progress of a call of `files`, in stored bytes: those read so far, and those of all its files. */
export interface Progress {
  read: number;
  size: number;
}

export interface Source {
  /** The name of the file or folder. */
  name: string;
  paths: string[];
  /** Yields the files whose paths are wanted. May be called again. */
  files(wanted: (path: string) => boolean, progress?: Progress): AsyncGenerator<SourceFile>;
}

/** The most bytes that a zip may unpack to: all text of an export, without its pictures. */
const MAX_UNPACKED = 8 * 1024 ** 3;

/** Returns the files of a zip, or a file alone. @param limit the most bytes to unpack */
export async function sourceOf(bytes: ByteSource, limit = MAX_UNPACKED): Promise<Source> {
  if (!(await isZip(bytes))) {
    return {
      name: bytes.name,
      paths: [bytes.name],
      async *files(wanted, progress = { read: 0, size: 0 }) {
        if (!wanted(bytes.name)) return;
        Object.assign(progress, { read: 0, size: bytes.size });
        yield { path: bytes.name, chunks: counted(bytes.slice(0, bytes.size), progress) };
      },
    };
  }
  const entries = await zipEntries(bytes);
  let left = limit;
  async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0) throw new ConvertError(`The zip unpacks to more than ${limit} bytes.`);
      yield chunk;
    }
  }
  return {
    name: bytes.name,
    paths: entries.map(({ path }) => path),
    async *files(wanted, progress = { read: 0, size: 0 }) {
      const chosen = entries.filter(({ path }) => wanted(path));
      Object.assign(progress, { read: 0, size: chosen.reduce((sum, { packed }) => sum + packed, 0) });
      const seen: ByteSource = { ...bytes, slice: (from, to) => counted(bytes.slice(from, to), progress) };
      for (const entry of chosen) yield { path: entry.path, chunks: limited(unpacked(seen, entry)) };
    },
  };
}

/** Counts the bytes of chunks. */
export async function* counted(chunks: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    progress.read += chunk.length;
    yield chunk;
  }
}
