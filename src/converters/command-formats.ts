/** The formats that only the command reads, because the size of the page's import is limited. */
import { convertDiscord, isDiscord } from "./discord";
import { JSON_FORMATS, type JsonFormat } from "./export-formats";
import { convertGemini, isGemini } from "./gemini";
import { convertGrok, isGrok } from "./grok";
import { convertMessenger, isMessenger } from "./messenger";
import { convertMistral, isMistral } from "./mistral";
import { convertSignal, isSignal } from "./signal";

export const COMMAND_FORMATS: readonly JsonFormat[] = [
  { name: "gemini", isWhole: true, recognizes: isGemini, convert: convertGemini },
  { name: "grok", recognizes: isGrok, convert: convertGrok },
  { name: "mistral", isWhole: true, recognizes: isMistral, convert: convertMistral },
  { name: "messenger", recognizes: isMessenger, convert: convertMessenger },
  { name: "discord", recognizes: isDiscord, convert: convertDiscord },
  { name: "signal", isWhole: true, recognizes: isSignal, convert: convertSignal },
  ...JSON_FORMATS,
];
