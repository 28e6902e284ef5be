/** The supported values of `format`. Each check takes linear time. */
import { parseIso } from "../../turn/any-time";

const DATE = "\\d{4}-\\d\\d-\\d\\d";
const HOUR = "(?:[01]\\d|2[0-3])";
const MINUTE = "[0-5]\\d";
const TIME = `${HOUR}:${MINUTE}:(?:${MINUTE}|60)(?:\\.\\d+)?`;
const ZONE = `(?:z|[+-]${HOUR}(?::?${MINUTE})?)`;
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** The maximum length of a host name with its final dot (RFC 1035), and of an email address (RFC 5321). */
const HOST_LENGTH = "(?=.{1,254}$)";
const MAIL_LENGTH = "(?=.{1,320}$)";
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

const whole = (pattern: string) => new RegExp(`^${pattern}$`, "i");

const FORMATS = new Map<string, RegExp>([
  ["date", whole(DATE)],
  // The zone is optional, because models and many readers of their answers omit it.
  ["time", whole(`${TIME}${ZONE}?`)],
  ["date-time", whole(`${DATE}[t\\s]${TIME}${ZONE}`)],
  ["duration", /^P(?!$)(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|\d+W)$/],
  ["email", whole(`${MAIL_LENGTH}${ATOM}(?:\\.${ATOM})*@${HOST_LENGTH}${LABEL}(?:\\.${LABEL})+`)],
  ["hostname", whole(`${HOST_LENGTH}${LABEL}(?:\\.${LABEL})*\\.?`)],
  ["ipv4", whole(`${BYTE}(?:\\.${BYTE}){3}`)],
  ["ipv6", /^[\da-f:.]+$/i],
  ["uuid", /^(?:urn:uuid:)?[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i],
  ["uri", /^[a-z][a-z\d+.-]*:(?:[\w!$&'()*+,;=:@/?#[\]~.-]|%[\da-f]{2})*$/i],
]);

/** Returns whether a text has a format; true for unsupported formats. */
export function hasFormat(text: string, format: string): boolean {
  const pattern = FORMATS.get(format);
  if (!pattern?.test(text)) return !pattern;
  if (format === "ipv6") return URL.canParse(`http://[${text}]`);
  // Rejects days that do not exist.
  return !format.startsWith("date") || parseIso(text.slice(0, 10)) !== undefined;
}
