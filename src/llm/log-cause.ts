/** Words, of any script. */
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** The number at the head of an error says what kind it is. */
const CODE = /^(?:\w+: )?\d{3,4}: /;
const LONGEST = 500;

/** What a model server said, for the operator: cut of every word that it was sent, as many repeat the request they refuse. */
export function withoutSent(said: string, texts: string[]): string {
  const sent = new Set(texts.flatMap((text) => text.toLowerCase().match(WORD) ?? []));
  const head = CODE.exec(said)?.[0] ?? "";
  const rest = said.slice(head.length, LONGEST).replace(WORD, (word) => (sent.has(word.toLowerCase()) ? "…" : word));
  return head + rest.replace(/…(?:[^\p{L}\p{N}]*…)+/gu, "…");
}
