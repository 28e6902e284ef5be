/**
 * Reduces the message of a model error to a status, a code and words of a fixed vocabulary. The log contains nothing
 * else of it: model servers quote the request and their output, changed so that no filter by the request finds them.
 */

/**
 * Words for causes of errors. They are logged in this order, so the log repeats no sentence. Each pattern also matches
 * its word: the Worker reduces the causes that an entrypoint returns once more.
 */
export const VOCABULARY: readonly [word: string, pattern: RegExp][] = [
  ["unreachable", /\bunreachable\b/i],
  ["unparsable", /\bunparsable\b/i],
  ["connection lost", /connection (?:lost|reset|closed)/i],
  ["timeout", /time[d-]? ?out/i],
  ["busy", /\b(?:busy|overloaded|capacity|too many requests)\b/i],
  ["rate limit", /rate.?limit/i],
  ["JSON mode", /JSON.?(?:mode|schema)/i],
  ["not met", /couldn't be met|\bnot met\b/i],
  ["reasoning", /reasoning_effort|\breasoning\b|\bthink(?:ing)?\b/i],
  ["not supported", /(?:not|n't) support|unsupported/i],
  ["tools", /\btools?\b/i],
  ["response_format", /response_format/i],
  ["chat template", /chat template/i],
  ["parsing", /\bpars(?:e|ing)\b/i],
  ["model not found", /model .{0,200}not found|no such model/is],
  ["deprecated", /\bdeprecated\b/i],
  ["context", /\bcontext\b/i],
  ["tokens", /\btokens\b/i],
  ["too long", /\btoo (?:long|large|big)\b/i],
  ["exceeded", /\bexceed/i],
  ["terms", /\bterms\b/i],
  ["quota", /\b(?:quota|allocation|neurons)\b/i],
  ["API key", /\bapi.?key\b/i],
  ["out of memory", /out of memory|\boom\b/i],
  ["loading", /\bloading\b/i],
];

/** Matches a code of Workers AI and the HTTP status of a model server. Both precede the server's text. */
const HEAD = /^(?:[A-Za-z]\w{0,63}: )?(?:(\d{3,4}): )?(?:HTTP (\d{3})\b)?/;
/** The number of characters of a message that are searched. */
const SEARCHED = 2_000;

/** Returns for example `5007: HTTP 404 model not found`, or `unknown` if nothing matches. */
export function causeOf(message: string): string {
  const [, code, status] = HEAD.exec(message) ?? [];
  const text = message.slice(0, SEARCHED);
  const words = VOCABULARY.filter(([, pattern]) => pattern.test(text)).map(([word]) => word);
  const said = [...(status === undefined ? [] : [`HTTP ${status}`]), ...words].join(" ");
  if (code === undefined) return said || "unknown";
  return said ? `${code}: ${said}` : code;
}
