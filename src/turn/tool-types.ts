/** Functions that a model may call, their calls and results, and JSON that an answer must be. */

/** A function that the model may call. */
export interface Tool {
  name: string;
  description: string;
  /** JSON Schema of its arguments, as JSON. */
  parameters: string;
  /** Whether arguments that do not match the schema are refused. */
  strict?: boolean | undefined;
}

/** Which functions the model may call in its answer, and how. */
export interface Tools {
  list: Tool[];
  /** Whether it must call one. */
  required: boolean;
  /** Whether it may call several at once. */
  parallel: boolean;
}

/** A function that the model wants called. */
export interface ToolCall {
  /** What its result is sent back with. */
  id: string;
  name: string;
  /** An object, as JSON. */
  arguments: string;
}

/** What a function has returned. */
export interface ToolResult {
  callId: string;
  content: string;
}

/** JSON that an answer must be: any object, or what fits a JSON Schema. */
export interface AnswerFormat {
  /** As JSON; null for any object. */
  schema: string | null;
}

/** What a message of an exchange with functions has beside its content. */
export interface Called {
  /** Of an assistant's. */
  toolCalls?: ToolCall[] | undefined;
  /** Of a tool's: the call that it is the result of. */
  toolCallId?: string | undefined;
}
