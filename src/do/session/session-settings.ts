/** The instructions and the time zone of a session. They apply to asks that have none of their own. */
import { withSystemPrompt } from "../../turn/budget";
import { withToday } from "../../turn/dates";
import { systemPromptOf } from "../../turn/prompt";
import type { PromptInput } from "../../turn/types";
import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";

const KEY = "settings";

/** Stored as JSON. */
export interface Settings {
  instructions?: string | undefined;
  timeZone?: string | undefined;
}

/** A change of settings; null deletes one. */
export type SettingsChange = { [Key in keyof Settings]: Settings[Key] | null };

export class SessionSettings {
  readonly #db: Database;
  #cached: Settings | undefined;

  constructor(db: Database) {
    this.#db = db;
    db.caches(() => {
      this.#cached = undefined;
    });
  }

  get(): Settings {
    this.#cached ??= metaOf<Settings>(this.#db, KEY) ?? {};
    return this.#cached;
  }

  get empty(): boolean {
    const { instructions, timeZone } = this.get();
    return instructions === undefined && timeZone === undefined;
  }

  /** Changes the given settings; those that are undefined stay. */
  change({ instructions, timeZone }: SettingsChange): void {
    const before = this.get();
    const next: Settings = {
      instructions: instructions === undefined ? before.instructions : (instructions ?? undefined),
      timeZone: timeZone === undefined ? before.timeZone : (timeZone ?? undefined),
    };
    const isEmpty = next.instructions === undefined && next.timeZone === undefined;
    if (isEmpty && this.empty) return;
    this.#cached = undefined;
    this.#db.transaction(() => setMeta(this.#db, KEY, isEmpty ? undefined : next));
  }

  /** Deletes all settings. */
  clear(): void {
    this.change({ instructions: null, timeZone: null });
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
