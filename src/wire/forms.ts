/** The forms of a turn's event stream. */
import type { Encoder } from "../turn/encodings";
import type { Encode } from "../turn/types";
import { type AskForm, askEvents } from "./ask-events";
import { type ChatForm, chatChunks } from "./chat-chunks";
import { responseEvents } from "./response-events";
import type { ResponsesForm } from "./response-objects";

export type Form = AskForm | ChatForm | ResponsesForm;

/** Returns the encoder of a turn's events. Followers share them, except `POST /ask` errors, which name a request. */
export function encoderOf(form: Form, turnId: string): Encoder {
  const isAsk = form.name === "ask";
  // A key for each number would keep the bytes of every follower.
  const isOwn = form.name === "responses" && form.after !== undefined;
  const key = isAsk ? form.name : isOwn ? undefined : JSON.stringify(form);
  return { key, encode: encodeIn(form, turnId), ownFailure: isAsk };
}

function encodeIn(form: Form, turnId: string): Encode {
  switch (form.name) {
    case "ask":
      return askEvents(form, turnId);
    case "chat":
      return chatChunks(form, turnId);
    case "responses":
      return responseEvents(form, turnId);
  }
}
