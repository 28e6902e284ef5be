/** The formats of exports. */
import { convertChatGPT, isChatGPT } from "./chatgpt";
import { convertClaude, isClaude } from "./claude";
import type { Converted, ConvertOptions } from "./converted";
import { convertLibreChat, isLibreChat } from "./librechat";
import { convertOpenWebUI, isOpenWebUI } from "./open-webui";
import { convertRoleMessages, isFineTuning, isLangChain, isRoleConversation } from "./role-messages";
import { convertTelegram, isTelegram } from "./telegram";

export const FORMATS = [
  "chatgpt",
  "claude",
  "open-webui",
  "librechat",
  "whatsapp",
  "slack",
  "telegram",
  "openai",
  "langchain",
  "messages",
] as const;
export type FormatName = (typeof FORMATS)[number];

/** A format whose files consist of JSON values. */
interface JsonFormat {
  name: FormatName;
  /** Returns whether a value of a file is a conversation of this format. */
  recognizes(value: unknown): boolean;
  convert(value: unknown, options: ConvertOptions): Converted[];
}

/** The formats of JSON, the most specific first. */
export const JSON_FORMATS: readonly JsonFormat[] = [
  { name: "chatgpt", recognizes: isChatGPT, convert: (value, options) => [convertChatGPT(value, options)] },
  { name: "claude", recognizes: isClaude, convert: (value, options) => [convertClaude(value, options)] },
  { name: "open-webui", recognizes: isOpenWebUI, convert: (value, options) => [convertOpenWebUI(value, options)] },
  { name: "librechat", recognizes: isLibreChat, convert: (value, options) => [convertLibreChat(value, options)] },
  { name: "telegram", recognizes: isTelegram, convert: convertTelegram },
  {
    name: "langchain",
    recognizes: isLangChain,
    convert: (value, options) => [convertRoleMessages(value, "langchain", options)],
  },
  {
    name: "openai",
    recognizes: isFineTuning,
    convert: (value, options) => [convertRoleMessages(value, "openai", options)],
  },
  {
    name: "messages",
    recognizes: isRoleConversation,
    convert: (value, options) => [convertRoleMessages(value, "messages", options)],
  },
];
