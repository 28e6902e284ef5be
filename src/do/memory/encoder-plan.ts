/** The encoder of vectors, and the plan for its next calls. */
import type { BatchSize } from "./batch-size";

/** The encoder of the vectors, the AI Gateway for its calls, and the object that counts its tokens. */
export interface EncoderOptions {
  model: string;
  gateway: string;
  /** Absent without a quota. */
  meter?: string | undefined;
}

/** The encoder for the next alarm, with the results of its last calls. */
export interface EncoderPlan extends EncoderOptions {
  /** Failures in a row. */
  failures: number;
  /** Absent in plans of version 2.0.0. */
  batch?: BatchSize | undefined;
}
