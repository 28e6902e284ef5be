/** Converts lists of messages with a role and a content: OpenAI's fine-tuning files, LangChain's messages, and similar ones. */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { idOf, isObject, type JsonObject, listOf, objectOf, objectsOf, summaryOf, textAt, textOf } from "./json-values";

/** The stored roles of the authors that files name, in lower case. LangChain may add `message`. */
const ROLES: Record<string, ConvertedMessage["role"] | "instruction"> = {
  user: "user",
  human: "user",
  prompter: "user",
  assistant: "assistant",
  ai: "assistant",
  gpt: "assistant",
  bot: "assistant",
  model: "assistant",
  chatbot: "assistant",
  tool: "system",
  function: "system",
  system: "instruction",
  developer: "instruction",
};

/** Returns the name of a message's author, in lower case; undefined for other values. */
function authorOf(message: JsonObject): string | undefined {
  const { lc, id, type } = message;
  if (lc !== undefined && Array.isArray(id)) return textOf(id.at(-1))?.toLowerCase();
  const named = textAt(message, "role", "from", "sender", "author") ?? (isLangChainType(type) ? type : undefined);
  return named?.toLowerCase();
}

const isLangChainType = (type: unknown): type is string =>
  typeof type === "string" && ["human", "ai", "system", "tool", "function", "AIMessageChunk"].includes(type);

const roleOf = (message: JsonObject) => {
  const author = authorOf(message)?.replace(/message(?:chunk)?$/, "");
  return author !== undefined && Object.hasOwn(ROLES, author) ? ROLES[author] : undefined;
};

/** Returns whether a value is one message. Those of Le Chat are in no order, and have a format of their own. */
export const isRoleMessage = (value: unknown): value is JsonObject =>
  isObject(value) && roleOf(value) !== undefined && !("contentChunks" in value);

/** Returns whether a value is a message as LangChain writes it. */
export const isLangChainMessage = (value: unknown): boolean =>
  isRoleMessage(value) && (value.lc !== undefined || isLangChainType(value.type));

/** Returns the messages of a conversation: a list, or a field of an object. */
function messagesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const { messages, conversations, conversation, history, chat, turns, items } = objectOf(value);
  const lists = [messages, conversations, conversation, history, chat, turns, items];
  return lists.map(listOf).find((list) => list.length > 0) ?? [];
}

/** The first messages of a conversation that are looked at. */
const LOOKED_AT = 20;

const hasMessages = (value: unknown, matches: (message: unknown) => boolean) =>
  messagesOf(value).slice(0, LOOKED_AT).some(matches);

/** Returns whether a value is a conversation of messages. */
export const isRoleConversation = (value: unknown): boolean => hasMessages(value, isRoleMessage);

export const isLangChain = (value: unknown): boolean => hasMessages(value, isLangChainMessage);

/** Returns whether a value is a line of a fine-tuning file: messages, and nothing that names or dates them. */
export const isFineTuning = (value: unknown): boolean =>
  isObject(value) &&
  hasMessages(value, isRoleMessage) &&
  Object.keys(value).every((key) =>
    ["messages", "tools", "functions", "parallel_tool_calls", "metadata", "store", "model"].includes(key),
  );

/** Converts one conversation: a list of messages, or an object that contains one. */
export function convertRoleMessages(value: unknown, format: string, { timeZone }: ConvertOptions): Converted {
  const conversation = objectOf(value);
  const skipped: Skipped = {};
  const created = timeOf(textOrNumber(conversation, ["created_at", "createdAt", "create_time", "timestamp"]), timeZone);
  const messages = messagesOf(value).flatMap((message) => {
    if (!isRoleMessage(message)) {
      skip(skipped, "entries that are no messages");
      return [];
    }
    const converted = convertMessage(message, timeZone);
    if (converted) return [converted];
    skip(skipped, "system messages");
    return [];
  });
  const [first] = messages;
  if (first && created !== undefined) first.createdAt ??= created;
  return finish({
    format,
    id: idOf(
      textOrNumber(conversation, ["id", "conversation_id", "conversationId", "session_id", "thread_id", "uuid"]),
    ),
    title: textAt(conversation, "title", "name", "topic"),
    messages,
    skipped,
  });
}

const textOrNumber = (object: JsonObject, fields: string[]): unknown =>
  fields.map((field) => object[field]).find((value) => typeof value === "string" || typeof value === "number");

function convertMessage(message: JsonObject, timeZone: string): ConvertedMessage | undefined {
  const role = roleOf(message);
  if (role === undefined || role === "instruction") return undefined;
  const fields = { ...message, ...objectOf(message.data), ...objectOf(message.kwargs) };
  const text = contentOf(fields);
  const time = timeOf(
    textOrNumber(fields, ["createdAt", "created_at", "timestamp", "create_time", "time", "date", "ts"]),
    timeZone,
  );
  const name = textOf(fields.name);
  if (role === "system") {
    const tool = name ?? "tool";
    return { role, name: tool, content: text === "" ? "" : `[result of ${tool}: ${summaryOf(text)}]`, createdAt: time };
  }
  const content = [text, ...callsOf(fields)].filter((part) => part !== "").join("\n");
  return { role, name: role === "user" ? name : undefined, content, createdAt: time };
}

/** Returns the text of a message: a text, or parts of text. Other parts leave their type. */
function contentOf(fields: JsonObject): string {
  const { content, value, text, parts } = fields;
  const whole = content ?? value ?? text ?? parts;
  if (typeof whole === "string") return whole;
  if (isObject(whole)) return Array.isArray(whole.parts) ? joined(whole.parts) : joined([whole]);
  return joined(listOf(whole));
}

/** Calls of tools among the parts: of Anthropic, and of LangChain, which lists them once more. */
const CALLS = ["tool_use", "tool_call", "function_call"];

/** Parts that the person did not see, or that are read elsewhere. The AI SDK marks the steps of an answer. */
const SILENT = ["thinking", "reasoning", "step-start", ...CALLS];

const joined = (parts: unknown[]): string =>
  parts
    .map((part) => {
      if (typeof part === "string") return part;
      const { text, type, content } = objectOf(part);
      if (type === "tool_result") return `[result of tool: ${summaryOf(content ?? "")}]`;
      if (typeof type === "string" && SILENT.includes(type)) return "";
      return textOf(text) ?? textOf(objectOf(text).value) ?? (typeof type === "string" ? `[${type}]` : "");
    })
    .filter((part) => part !== "")
    .join("\n");

/** Returns the calls of functions in a message of the assistant. */
function callsOf(fields: JsonObject): string[] {
  const listed = [...listOf(fields.tool_calls), ...(isObject(fields.function_call) ? [fields.function_call] : [])];
  const calls =
    listed.length > 0 ? listed : objectsOf(fields.content).filter(({ type }) => CALLS.includes(String(type)));
  return calls.map((call) => {
    const { function: called, name, args, arguments: given, input } = objectOf(call);
    const inner = objectOf(called);
    const what = textOf(name) ?? textOf(inner.name) ?? "a tool";
    return `[call of ${what}: ${summaryOf(args ?? given ?? input ?? inner.arguments ?? "")}]`;
  });
}
