/** The supported values of `format`. Each check takes linear time. */
import { parseIso } from "../../turn/any-time";

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(z|[+-]\d\d(?::?\d\d)?)?$/i;
const DURATION = /^P(?!$)(?:(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?|\d+W)$/;
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, "i");
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, "i");
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const UUID = /^(?:urn:uuid:)?[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const URI = /^[a-z][a-z\d+.-]*:(?:[\w!$&'()*+,;=:@/?#[\]~.-]|%[\da-f]{2})*$/i;

/** Maximum length of a host name with its final dot (RFC 1035), and of an email address (RFC 5321). */
const MAX_HOST = 254;
const MAX_MAIL = 320;

const isDate = (text: string) => DATE.test(text) && parseIso(text) !== undefined;

/** Checks a time. The zone is optional, because models and many readers of their answers omit it. */
function isTime(text: string): boolean {
  const [, hour = "", minute = "", second = "", zone = ""] = TIME.exec(text) ?? [];
  const [hours = "0", minutes = "0"] = zone.slice(1).match(/\d\d/g) ?? [];
  return hour !== "" && +hour < 24 && +minute < 60 && +second <= 60 && +hours < 24 && +minutes < 60;
}

function isDateTime(text: string): boolean {
  const [date = "", time = "", ...rest] = text.split(/[t\s]/i);
  return rest.length === 0 && isDate(date) && isTime(time) && /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(time);
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  return (
    text.length <= MAX_MAIL &&
    LOCAL_PART.test(text.slice(0, Math.max(0, at))) &&
    /\.[^.]+$/.test(host) &&
    isHostname(host)
  );
}

const isHostname = (text: string) => text.length <= MAX_HOST && HOSTNAME.test(text);

function isIpv6(text: string): boolean {
  if (text.length > 45) return false;
  const last = text.lastIndexOf(":");
  const tail = text.slice(last + 1);
  const groups = IPV4.test(tail) ? `${text.slice(0, last + 1)}0:0` : text;
  const halves = groups.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const all = halves.flat();
  const isComplete = halves.length === 1 ? all.length === 8 : halves.length === 2 && all.length < 8;
  return isComplete && all.every((group) => /^[\da-f]{1,4}$/i.test(group));
}

const FORMATS = new Map<string, (text: string) => boolean>([
  ["date", isDate],
  ["time", isTime],
  ["date-time", isDateTime],
  ["duration", (text) => DURATION.test(text)],
  ["email", isEmail],
  ["hostname", isHostname],
  ["ipv4", (text) => IPV4.test(text)],
  ["ipv6", isIpv6],
  ["uuid", (text) => UUID.test(text)],
  ["uri", (text) => URI.test(text)],
]);

/** Returns whether a text has a format; true for unsupported formats. */
export const hasFormat = (text: string, format: string): boolean => FORMATS.get(format)?.(text) ?? true;
