/** Reads the head of a message in a WhatsApp chat: a date, a time and a speaker, in the form of the phone's language. */

/** Marks of writing direction, and the byte order mark. */
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** The words for the halves of a day, as phones of these languages write them. */
const MORNING = "am|a.m.|a. m.|上午|凌晨|早上|오전|午前|ص|sa|π.μ.|de.|in the morning|pg|e paradites|ጥዋት|ਪੂ.ਦੁ.|öö".split(
  "|",
);
const EVENING =
  "pm|p.m.|p. m.|下午|晚上|中午|오후|午後|م|ch|μ.μ.|du.|in the afternoon|in the evening|ptg|e pasdites|ከሰዓት|ਬਾ.ਦੁ.|ös".split(
    "|",
  );
const HALF = [...MORNING, ...EVENING]
  .sort((a, b) => b.length - a.length)
  .map((word) => word.replaceAll(".", "\\."))
  .join("|");

const HEAD = new RegExp(
  [
    /^(?<bracket>\[?)(?<a>[RH]?\d{1,4})(?:[./-]|년|年)\s?(?<b>\d{1,2})(?:[./-]|월|月)\s?(?<c>[RH]?\d{1,4})(?:\.|일|日| г\.| BE| A[HP]| هـ)?/
      .source,
    /[,،]?\s+(?:klo |às? |um |u |во |kl\.? |a las |alle |at )?/.source,
    `(?<before>${HALF})?`,
    /\s?(?<hour>\d{1,2})(?:[:.٫]| h )(?<minute>\d\d)(?:(?:[:.٫]| min )(?<second>\d\d)(?: s)?)?/.source,
    `\\s?(?<after>${HALF})?(?: ч\\.)?`,
    /(?:\]\s?|\s[-–—]\s|,\s|(?<colon>:\s))(?<rest>.*)$/.source,
  ].join(""),
  "iu",
);

/** A time before its date, as phones in Vietnamese write it. */
const TIME_FIRST = /^(\[?)(\d{1,2}:\d\d(?:[:.]\d\d)?(?: (?:SA|CH))?)(,? )(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})(?=\D)/;

/** The years before Japanese eras, by the letter before a year. */
const ERAS: Record<string, number> = { R: 2_018, H: 1_988 };

const numberOf = (part = "") => Number(part.replace(/\D/, "")) + (ERAS[part.charAt(0)] ?? 0);

/** The longest head, in characters: lines of other texts are not searched further. */
const LONGEST_HEAD = 200;

export interface Head {
  /** The numbers of the date in their order. */
  date: [number, number, number];
  /** The numbers of the time, with 24 hours. */
  hour: number;
  minute: number;
  second: number;
  /** Whether an iPhone wrote it: in brackets, or in older versions with a colon after the time. */
  ios: boolean;
  /** Whether a colon follows the time: if the first head of a file has none, it is a line of a text. */
  colon: boolean;
  /** Absent for a line about the chat. */
  speaker: string | undefined;
  /** The text after the speaker, with its marks. */
  text: string;
}

/** The zeros of other scripts; their digits follow. */
const ZEROS = Array.from("٠۰०০੦૦୦௦౦೦൦๐໐၀០", (zero) => zero.charCodeAt(0));

/** Replaces digits of other scripts, and spaces that do not break. Keeps the length. */
const plain = (text: string) =>
  text
    .replace(/[\u0660-\u1fff]/g, (character) => {
      const code = character.charCodeAt(0);
      const zero = ZEROS.find((start) => code >= start && code < start + 10);
      return zero === undefined ? character : String(code - zero);
    })
    .replace(/[\u00a0\u202f\u2009]/g, " ")
    .replace(TIME_FIRST, "$1$4$3$2");

/** Marks, a bracket, an era, and a digit. Most lines need no longer search. */
const STARTS = /^\W{0,9}[RH]?\p{Nd}/u;

/** Returns the head of a line; undefined for a line that continues the message before. */
export function headOf(line: string): Head | undefined {
  if (!STARTS.test(line)) return undefined;
  // Removes the marks of the head only: a mark before the text shows that WhatsApp wrote it, not the speaker.
  const start = plain(line.slice(0, LONGEST_HEAD).replace(MARKS, ""));
  const found = HEAD.exec(start)?.groups;
  if (!found) return undefined;
  const { a, b, c, before, after, hour: hours, minute, second = "0", rest = "", bracket, colon } = found;
  if (bracket === "[" && !start.includes("]")) return undefined;
  // Old phones write a colon after the seconds. Without seconds, it is a line of a text.
  if (colon !== undefined && found.second === undefined) return undefined;
  const half = (before ?? after)?.toLowerCase();
  const hour = Number(hours);
  if (hour > (half === undefined ? 23 : 12) || Number(minute) > 59 || Number(second) > 59) return undefined;
  const twelve = half !== undefined && hour === 12 ? 0 : hour;
  return {
    date: [numberOf(a), numberOf(b), numberOf(c)],
    hour: half !== undefined && EVENING.includes(half) ? twelve + 12 : twelve,
    minute: Number(minute),
    second: Number(second),
    ios: bracket === "[" || colon !== undefined,
    colon: colon !== undefined,
    ...spokenIn(line, start, rest),
  };
}

/** A quotation that a colon breaks off: a line about the chat, with the name of a group. */
const SUBJECT = /\s["“„«][^"“”»]*$/;

/** Divides a line into its speaker and its text. @param rest what follows the time in the start of the line, without marks */
function spokenIn(line: string, start: string, rest: string): Pick<Head, "speaker" | "text"> {
  const [whole = "", speaker] = /^(:?[^:]{1,100}?)\s?:(?:\s|$|(?=<))/.exec(rest) ?? [];
  if (speaker === undefined || SUBJECT.test(speaker)) return { speaker: undefined, text: "" };
  let left = start.length - rest.length + whole.length;
  let at = 0;
  for (; at < line.length && left > 0; at += 1) if (!isMark(line.charAt(at))) left -= 1;
  return { speaker: speaker.trim(), text: line.slice(at) };
}

const isMark = (character: string) => withoutMarks(character) === "";

export const withoutMarks = (text: string): string => text.replace(MARKS, "");
