import { invalid } from "../middleware/respond";

/** Returns a function that decodes a body as `TextDecoder.decode` does, and fails with 400 if it is not valid UTF-8. */
export function utf8Decoder(): TextDecoder["decode"] {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  return (...part) => {
    try {
      return decoder.decode(...part);
    } catch {
      throw invalid("", "the body is not valid UTF-8");
    }
  };
}
