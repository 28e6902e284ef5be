const PRIME = 16_777_619;

/** Returns 16 hexadecimal digits that identify a text: FNV-1a with two seeds. It is no protection against forgery. */
export function hashOf(text: string): string {
  let a = 2_166_136_261;
  let b = 3_735_928_559;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, PRIME);
    b = Math.imul(b ^ (code + at), PRIME);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
