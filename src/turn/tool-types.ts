/** Tools: functions that a model may call, their calls and results; and the JSON format of an answer. */

/** A function that the model may call. */
export interface Tool {
  name: string;
  description: string;
  /** JSON Schema of its arguments, as JSON. */
  parameters: string;
  /** Whether arguments that do not match the schema are refused. */
  strict?: boolean | undefined;
}

/** The tools of one question. */
export interface Tools {
  list: Tool[];
  /** Whether the model must call one. */
  required: boolean;
  /** Whether it may call several in one answer. */
  parallel: boolean;
}

/** A call that the model requests. */
export interface ToolCall {
  /** Identifies the call: its result names this id. */
  id: string;
  name: string;
  /** A JSON object. */
  arguments: string;
}

/** The result of a call. */
export interface ToolResult {
  callId: string;
  content: string;
}

/** The JSON format of an answer: an object, or JSON that matches a schema. */
export interface AnswerFormat {
  /** A JSON Schema, as JSON; null for any object. */
  schema: string | null;
  /** A wider schema, which replies are checked against. */
  accepted?: string | null;
}

/** The tool fields of a message. */
export interface Called {
  /** The calls of an assistant's message. */
  toolCalls?: ToolCall[] | undefined;
  /** The call whose result a tool's message contains. */
  toolCallId?: string | undefined;
}
