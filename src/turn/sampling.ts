/** How the model chooses its words; what is absent is the model's own default. */
export interface Sampling {
  temperature?: number | undefined;
  topP?: number | undefined;
  seed?: number | undefined;
  frequencyPenalty?: number | undefined;
  presencePenalty?: number | undefined;
  /** The answer ends before any of these. */
  stop?: string[] | undefined;
  /** How much the model is to think, for models that do. */
  reasoningEffort?: string | undefined;
}
