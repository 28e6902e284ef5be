/** Sampling parameters. If one is absent, the model uses its default. */
export interface Sampling {
  temperature?: number | undefined;
  topP?: number | undefined;
  seed?: number | undefined;
  frequencyPenalty?: number | undefined;
  presencePenalty?: number | undefined;
  /** The answer ends before any of these texts. */
  stop?: string[] | undefined;
  /** The amount of reasoning, for models that reason. */
  reasoningEffort?: string | undefined;
}
