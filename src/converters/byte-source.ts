/** Random access to the bytes of a file. */
export interface ByteSource {
  /** The name of the file, without its folder. */
  name: string;
  /** The size in bytes. */
  size: number;
  /** Yields the bytes from one place up to another (exclusive). */
  slice(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** Returns the bytes of a file that a browser opened. */
export const blobSource = (blob: Blob, name: string): ByteSource => ({
  name,
  size: blob.size,
  slice: (from, to) => readAll(blob.slice(from, to).stream()),
});

/** Yields the chunks of a stream. Not every browser iterates over streams itself. */
async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Returns the bytes from one place up to another in one array. Call it for small parts only. */
export async function bytesOf(source: ByteSource, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, to - from));
  let at = 0;
  for await (const chunk of source.slice(from, to)) {
    bytes.set(chunk.subarray(0, bytes.length - at), at);
    at += Math.min(chunk.length, bytes.length - at);
  }
  return bytes.subarray(0, at);
}
