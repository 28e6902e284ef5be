/** The instructions and the time zone of a session, which apply to asks that have none of their own, and its metadata. */
import { withSystemPrompt } from "../../turn/budget";
import { withToday } from "../../turn/dates";
import { systemPromptOf } from "../../turn/prompt";
import type { PromptInput } from "../../turn/types";
import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";

/** The key in the table of single values. */
export const SETTINGS = "settings";

/** A session as a conversation of the OpenAI surface. */
export interface Conversation {
  /** Milliseconds since 1970. */
  createdAt: number;
  metadata: Record<string, string>;
}

/** Stored as JSON. */
export interface Settings {
  instructions?: string | undefined;
  timeZone?: string | undefined;
  /** Set by the routes of conversations. */
  conversation?: Conversation | undefined;
}

/** A change of settings; null deletes one. */
export type SettingsChange = { [Key in keyof Settings]: Settings[Key] | null };

export class SessionSettings {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(): Settings {
    return metaOf(this.#db, SETTINGS) ?? {};
  }

  get empty(): boolean {
    return isEmpty(this.get());
  }

  /** Changes the given settings; those that are undefined stay. */
  change({ instructions, timeZone, conversation }: SettingsChange): void {
    const before = this.get();
    const next: Settings = {
      instructions: instructions === undefined ? before.instructions : (instructions ?? undefined),
      timeZone: timeZone === undefined ? before.timeZone : (timeZone ?? undefined),
      conversation: conversation === undefined ? before.conversation : (conversation ?? undefined),
    };
    if (isEmpty(next) && this.empty) return;
    this.#db.transaction(() => setMeta(this.#db, SETTINGS, isEmpty(next) ? undefined : next));
  }

  /**
   * Returns the input of a prompt with the settings of the session where the request has none.
   * @param at the time of the question, if it is not now, in milliseconds since 1970
   */
  applyTo(input: PromptInput, at?: number): PromptInput {
    if (!input.asked || (this.empty && at === undefined)) return input;
    const { asked } = input;
    const settings = this.get();
    const timeZone = asked.timeZone ?? settings.timeZone ?? input.timeZone;
    const today = withToday(asked.systemPrompt, at ?? Date.now(), timeZone);
    const systemPrompt = systemPromptOf(today, asked.instructions ?? settings.instructions);
    // The Worker has already measured the prompt of an ask with instructions of its own.
    if (systemPrompt === input.systemPrompt) return { ...input, timeZone };
    return { ...withSystemPrompt(input, systemPrompt), timeZone };
  }
}

const isEmpty = (settings: Settings) => Object.values(settings).every((value) => value === undefined);
