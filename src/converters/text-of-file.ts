/** Decodes the text of a file. */
import { ConvertError } from "./converted";

/** Returns the encoding of a text by its first bytes. Editors and PowerShell on Windows may write UTF-16, with a byte order mark. */
export function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/** Yields the text of a file. @throws {ConvertError} if it is not UTF-8, nor UTF-16 with a byte order mark */
export async function* textOfFile(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  const decode = (chunk: Uint8Array = new Uint8Array(), stream = false) => {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true, ignoreBOM: false });
    try {
      return decoder.decode(chunk, { stream });
    } catch {
      throw new ConvertError("It is not UTF-8 text.");
    }
  };
  for await (const chunk of chunks) yield decode(chunk, true);
  yield decode();
}
