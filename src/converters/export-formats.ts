/** The formats of exports. */
import { convertChatGPT, isChatGPT } from "./chatgpt";
import { convertClaude, isClaude } from "./claude";
import type { Converted, ConvertOptions } from "./converted";
import { convertLibreChat, isLibreChat } from "./librechat";
import { convertLlamaCpp, isLlamaCpp } from "./llama-cpp";
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
  "llama.cpp",
  "gemini",
  "grok",
  "mistral",
  "messenger",
  "discord",
  "signal",
  "openai",
  "langchain",
  "messages",
] as const;
export type FormatName = (typeof FORMATS)[number];

/** A format whose files consist of JSON values. */
export interface JsonFormat {
  name: FormatName;
  /** Whether the values of a file are parts of conversations: all of them are converted at once, as a list. */
  isWhole?: boolean;
  /** Returns whether a value of a file is a conversation of this format, or a part of one. */
  recognizes(value: unknown): boolean;
  convert(value: unknown, options: ConvertOptions): Converted[];
}

/** The formats of JSON that the page reads, too, the most specific first. The command reads more: command-formats.ts. */
export const JSON_FORMATS: readonly JsonFormat[] = [
  { name: "chatgpt", recognizes: isChatGPT, convert: (value, options) => [convertChatGPT(value, options)] },
  { name: "claude", recognizes: isClaude, convert: (value, options) => [convertClaude(value, options)] },
  { name: "open-webui", recognizes: isOpenWebUI, convert: (value, options) => [convertOpenWebUI(value, options)] },
  { name: "librechat", recognizes: isLibreChat, convert: (value, options) => [convertLibreChat(value, options)] },
  { name: "llama.cpp", isWhole: true, recognizes: isLlamaCpp, convert: convertLlamaCpp },
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
