/** Converts an export: recognizes its format by its content, and yields its conversations one by one. */
import { numbering } from "./beginnings";
import { ConvertError, type Converted, type ConvertOptions, type Skipped, skip, UnknownFormatError } from "./converted";
import { type FormatName, JSON_FORMATS, type JsonFormat } from "./export-formats";
import { jsonValues } from "./json-stream";
import { isObject } from "./json-values";
import { convertRoleMessages, isLangChainMessage, isRoleMessage } from "./role-messages";
import { isSlackList, SlackExport, slackChannelOf } from "./slack";
import type { Progress, Source, SourceFile } from "./source-files";
import { textOfFile } from "./text-of-file";
import { convertWhatsApp, isWhatsApp } from "./whatsapp";

export interface ConvertRequest extends Omit<ConvertOptions, "fileName"> {
  /** The format; recognized by default. */
  format?: FormatName | undefined;
  /** The formats of JSON to choose from; default: those of the page. */
  formats?: readonly JsonFormat[] | undefined;
  /** Filled while files are read. */
  progress?: Progress | undefined;
  /** Filled with what belongs to no conversation. */
  skipped?: Skipped | undefined;
}

/** The largest text of a chat, in characters. */
const MAX_TEXT = 256_000_000;

/** The most messages of a file that is one conversation. */
const MAX_MESSAGES = 2_000_000;

/** The characters that are read to recognize a text. */
const RECOGNIZED_BY = 10_000;

/** The values of a file that are looked at before it counts as unknown. */
const TRIED = 100;

/** Files of an export that contain conversations. Zips also contain settings, feedback and pictures. */
const CONVERSATIONS = /(?:^|\/)(?:conversations(?:-\d{1,6})?\.json|result\.json|[^/]*(?:chat|whatsapp)[^/]*\.txt)$/i;

/** A zip in a zip: OpenAI's privacy portal packs the export of ChatGPT once more. */
const ZIP = /\.zip$/i;

/** Files that macOS adds to a zip: a copy of each name, with attributes instead of the text. */
const OF_MACOS = /(?:^|\/)(?:__MACOSX\/|\._)/;

/** Why a file is left out. */
const OTHERS = "other files";

const withoutExtension = (name: string) => name.replace(/\.[a-z]{1,5}$/i, "");

/**
 * Yields the conversations of an export.
 * @throws {ConvertError} if the format is not recognized, or a file is damaged
 */
export async function* convert(source: Source, request: ConvertRequest): AsyncGenerator<Converted> {
  const own = source.paths.filter((path) => !OF_MACOS.test(path));
  const isSlack = source.paths.some((path) => slackChannelOf(path) !== undefined);
  if (request.format === "slack" || (request.format === undefined && isSlack && source.paths.some(isSlackList))) {
    yield* convertSlack(source, own, request);
    return;
  }
  const listed = own.filter((path) => CONVERSATIONS.test(path));
  const wanted = listed.length > 0 ? listed : own.filter((path) => /\.(?:json|jsonl|ndjson|txt)$/i.test(path));
  const paths = new Set(own.length === 1 ? own : wanted);
  const inner =
    listed.length > 0
      ? undefined
      : (own.find((path) => /conversation/i.test(path) && ZIP.test(path)) ?? own.find((path) => ZIP.test(path)));
  if (paths.size === 0 && inner === undefined) throw new ConvertError("It contains no conversations.");
  const { skipped = {} } = request;
  const numbered = numbering();
  let found = 0;
  for await (const file of source.files((path) => paths.has(path), request.progress)) {
    try {
      for await (const conversation of named(file, source, convertFile(file, source, { ...request, skipped }))) {
        found += 1;
        yield numbered(conversation);
      }
    } catch (error) {
      // A chat with media contains the texts that were sent in it, too.
      if ((paths.size === 1 && inner === undefined) || !(error instanceof UnknownFormatError)) throw error;
      skip(skipped, "files of another format");
    }
  }
  if (found > 0) return skip(skipped, OTHERS, own.length - paths.size);
  if (inner !== undefined) throw new ConvertError(`It contains another zip: unpack it, and import "${inner}".`);
  throw Object.keys(skipped).length > 0 ? new UnknownFormatError() : new ConvertError("It contains no conversations.");
}

/** Yields values of a file. Their error names the file, if there are several. */
async function* named<T>({ path }: SourceFile, { paths }: Source, values: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    if (!(error instanceof ConvertError) || error instanceof UnknownFormatError || paths.length === 1) throw error;
    throw new ConvertError(`${path}: ${error.message}`);
  }
}

async function* convertFile(file: SourceFile, source: Source, request: ConvertRequest): AsyncGenerator<Converted> {
  const text = textOfFile(file.chunks);
  let start = "";
  while (start.trim().length < RECOGNIZED_BY) {
    const next = await text.next();
    if (next.done) break;
    start += next.value;
  }
  const whole = (async function* () {
    yield start;
    yield* text;
  })();
  // A chat in a zip on iOS is named `_chat.txt`: the name of the zip has the name of the chat.
  const fileName = /(?:^|\/)_chat\.txt$/.test(file.path) ? source.name : (file.path.split("/").at(-1) ?? file.path);
  const isText = request.format === "whatsapp" || (request.format === undefined && isWhatsApp(start));
  if (isText) {
    const chat = convertWhatsApp(await collected(whole), { ...request, fileName });
    if (chat.messages.length === 0 && Object.keys(chat.skipped).length === 0) throw new UnknownFormatError();
    yield chat;
  } else if (/^[\s\ufeff]*[[{]/.test(start)) yield* convertJson(whole, { ...request, fileName });
  else throw new UnknownFormatError();
}

async function collected(text: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of text) {
    length += piece.length;
    if (length > MAX_TEXT) throw new ConvertError(`It has more than ${MAX_TEXT} characters.`);
    pieces.push(piece);
  }
  return pieces.join("");
}

/** Converts the values of a JSON file. Values that are single messages are one conversation together. */
async function* convertJson(
  text: AsyncIterable<string>,
  { format: named, formats = JSON_FORMATS, skipped = {}, ...options }: ConvertRequest & ConvertOptions,
): AsyncGenerator<Converted> {
  let format = formats.find(({ name }) => name === named);
  const messages: unknown[] = [];
  let unknown = 0;
  for await (const value of jsonValues(text)) {
    if (isObject(value) && value.llamory !== undefined)
      throw new ConvertError("It is an export of Llamory: import it by itself.");
    format ??= formats.find(({ isWhole, recognizes }) => isWhole && recognizes(value));
    const isPart = format?.isWhole
      ? format.recognizes(value)
      : messages.length > 0 ||
        (isRoleMessage(value) && (!format || format.name === "messages" || format.name === "langchain"));
    if (isPart) {
      if (messages.length >= MAX_MESSAGES) throw new ConvertError(`It has more than ${MAX_MESSAGES} messages.`);
      messages.push(value);
      continue;
    }
    format ??= formats.find(({ recognizes }) => recognizes(value));
    if (format?.recognizes(value)) yield* format.convert(value, options);
    else {
      unknown += 1;
      if (!format && unknown >= TRIED) throw new UnknownFormatError();
    }
  }
  if (format?.isWhole && messages.length > 0) yield* format.convert(messages, options);
  else if (messages.length > 0) {
    const name = messages.some(isLangChainMessage) ? "langchain" : "messages";
    const converted = convertRoleMessages(messages, name, options);
    yield { ...converted, title: converted.title ?? withoutExtension(options.fileName) };
  }
  skip(skipped, "entries that are no conversations", unknown);
}

/** Converts an export of Slack. Reads the lists of users and channels first. */
async function* convertSlack(
  source: Source,
  own: string[],
  { skipped = {}, progress, ...request }: ConvertRequest,
): AsyncGenerator<Converted> {
  const slack = new SlackExport();
  const isOfChannel = (path: string) => slackChannelOf(path) !== undefined;
  const valuesOf = (file: SourceFile) => named(file, source, jsonValues(textOfFile(file.chunks)));
  for await (const file of source.files(isSlackList)) {
    for await (const entry of valuesOf(file)) slack.addListed(file.path, entry);
  }
  for await (const file of source.files(isOfChannel, progress)) {
    const channel = slackChannelOf(file.path) ?? "";
    for await (const message of valuesOf(file)) {
      if (slack.full) skip(skipped, "messages over the limit of an export");
      else slack.addMessage(channel, message);
    }
  }
  skip(skipped, OTHERS, own.filter((path) => !isSlackList(path) && !isOfChannel(path)).length);
  yield* slack.conversations({ ...request, fileName: source.name });
}
