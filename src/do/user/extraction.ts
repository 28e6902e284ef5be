import type { LlamaOptions } from "../../llm/llama";

/** The model that extracts facts. */
export interface Extraction {
  model: LlamaOptions;
  /** The name of the object that counts the tokens; absent without a quota. Sessions store it under this name. */
  meter?: string | undefined;
  /** The IANA time zone of today; version 2.0.0 stored none. */
  timeZone?: string | undefined;
}
