/** Converts a chat that WhatsApp exported as text. */
import { inCalendar } from "./calendar-day";
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { inTimeZone } from "./file-time";
import { finish } from "./finish";
import { type Head, headOf, withoutMarks } from "./whatsapp-head";

/** The first lines that are searched for a message. */
const SEARCHED = 20;

/** Returns whether a text begins like a chat. */
export const isWhatsApp = (start: string): boolean =>
  start.split(/\r\n|\r|\n/, SEARCHED).some((line) => headOf(line) !== undefined);

interface Spoken {
  head: Head;
  lines: string[];
}

export function convertWhatsApp(text: string, { fileName, timeZone, me }: ConvertOptions): Converted {
  const skipped: Skipped = {};
  const spoken: Spoken[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const head = headOf(line);
    if (head && head.colon === (spoken[0] ?? { head }).head.colon) spoken.push({ head, lines: [head.text] });
    else spoken.at(-1)?.lines.push(line);
  }
  const order = orderOf(spoken.map(({ head }) => head.date));
  const messages: ConvertedMessage[] = [];
  for (const { head, lines } of spoken) {
    const { speaker } = head;
    const content = speaker === undefined ? undefined : contentOf(lines.join("\n"), head.ios);
    if (speaker === undefined) skip(skipped, "lines about the chat");
    else if (content === undefined) skip(skipped, "media and notes of WhatsApp");
    else
      messages.push({
        role: "user",
        name: speaker === me ? undefined : speaker,
        content,
        createdAt: timeOf(head, order, timeZone),
      });
  }
  const title = titleOf(fileName);
  return finish({ format: "whatsapp", id: title, title, messages, skipped });
}

/** Returns the name of the chat: the file's name without what WhatsApp adds. iOS names all files `_chat.txt`. */
function titleOf(fileName: string): string | undefined {
  const name = fileName
    .replace(/\.(?:txt|zip)$/i, "")
    .replace(/^WhatsApp Chat (?:with|-) /i, "")
    .replace(/ ?\(\d{1,3}\)$/, "")
    .trim();
  return name === "" || name === "_chat" ? undefined : name;
}

/** A text that WhatsApp writes begins with this mark, or in Arabic as here. People's texts may begin with U+200F. */
const OWN = /^(?:\u200e|\u200fلم يتم إدراج )/;
/** A file on iOS, alone or after the text that was sent with it. */
const ATTACHED_IOS = /(?:^|[\u200e\u200f]{1,4})<[^<>:：]{1,40}[:：] ?([^<>\n]{1,200})>/g;
/** A file on Android, and on older iPhones. */
const ATTACHED = /^([^\n]{1,200}\.[A-Za-z0-9]{2,5}) (?:\(([^()\n]{3,60})\)|<([^<>\n]{3,60})>)(?:\n|$)/;
/** The names of media on Android. */
const MEDIA = /^[A-Z]{3}-\d{8}-WA\d{4}/;
/** The notes after the names of other files. Without them, a text such as "See main.py (line 3)" would be a file. */
const NOTES =
  /^(?:(?:file )?attached|archivo adjunto|fichier joint|Datei angehängt|file allegato|arquivo anexado|bestand bijgevoegd|файл добавлен|ファイル添付|文件附件)$/;
const OMITTED_ANDROID = /^<[^<>\n]{3,60}>$/;
/** A poll on iOS: its options have marks of their own. */
const POLL = /\n\u200e/;
/** A note after a message: "edited". Android writes no mark before it, and only the English one is known. */
const EDITED = /(?<=[^\s\u200e])\s*(?:\u200e<[^<>:：\n]{5,80}>| <This message was edited>)$/;
const DELETED = /^(?:This message was deleted|You deleted this message|null)\.?$/;

/** Returns the text of a message, with the name of its file; undefined for a note of WhatsApp. */
function contentOf(raw: string, ios: boolean): string | undefined {
  const written = raw
    .trimEnd()
    .replace(EDITED, "")
    .replace(ATTACHED_IOS, (_, name: string) => `[file: ${name}]`);
  const text = withoutMarks(written).trim();
  const [whole = "", name = "", inRound, inAngle] = ATTACHED.exec(text) ?? [];
  const isFile = OWN.test(written) || MEDIA.test(name) || NOTES.test(inRound ?? inAngle ?? "");
  if (name !== "" && isFile) return `[file: ${name}]\n${text.slice(whole.length)}`.trim();
  return (ios && OWN.test(written) && !POLL.test(written)) || OMITTED_ANDROID.test(text) || DELETED.test(text)
    ? undefined
    : text;
}

/** Where the year, the month and the day are in a date. */
type DateOrder = readonly [year: 0 | 2, month: 0 | 1, day: 0 | 1 | 2];

const YEAR_FIRST: DateOrder = [0, 1, 2];
const DAY_FIRST: DateOrder = [2, 1, 0];
const MONTH_FIRST: DateOrder = [2, 0, 1];

/**
 * Returns whether the dates of a file begin with the day, the month or the year. A number above 12 is a day. A file may
 * have no such number: the dates of a chat ascend, so the order with more ascending dates is chosen. With a tie, the day is
 * first, as in most countries. A year of two digits may be first, as on iPhones in Korean: then the dates ascend in no other
 * order, or are in the future.
 */
function orderOf(dates: readonly Head["date"][]): DateOrder {
  if (dates.some(([first]) => first > 31)) return YEAR_FIRST;
  const days = dates.filter(([first]) => first > 12).length;
  const months = dates.filter(([, second]) => second > 12).length;
  // Phones may be a day ahead of UTC.
  const now = Date.now() + 86_400_000;
  const wrong = (order: DateOrder) => {
    const values = dates.map((date) => dayOf(date, order));
    return values.filter((value, at) => value > now || value < (values[at - 1] ?? value)).length;
  };
  const isMonth = days === months ? wrong(MONTH_FIRST) < wrong(DAY_FIRST) : days < months;
  const order = isMonth ? MONTH_FIRST : DAY_FIRST;
  // WhatsApp is of 2009.
  const isShort = dates.every(([year, month, day]) => year >= 9 && month <= 12 && day <= 31);
  return isShort && wrong(YEAR_FIRST) < wrong(order) ? YEAR_FIRST : order;
}

/** Returns the start of a day, in milliseconds since 1970 in UTC. */
function dayOf(date: Head["date"], [year, month, day]: DateOrder): number {
  const written = date[year] < 100 ? date[year] + 2_000 : date[year];
  if (written < 1_600) return inCalendar(written, date[month], date[day]);
  // Phones in Thai count the years of the Buddhist calendar.
  return Date.UTC(written > 2_400 ? written - 543 : written, date[month] - 1, date[day]);
}

function timeOf({ date, hour, minute, second }: Head, order: DateOrder, timeZone: string): number {
  return inTimeZone(dayOf(date, order) + ((hour * 60 + minute) * 60 + second) * 1_000, timeZone);
}
