import type { Context } from "hono";
import type { AppEnv } from "../env";
import type { AskReply } from "../turn/types";
import type { Form } from "../wire/forms";
import { eventStream } from "./event-stream";
import { FailureError } from "./respond";

/** Answers with the reply to an ask. @param whole makes the JSON answer of a finished turn */
export function answerWith<T>(
  c: Context<AppEnv>,
  reply: AskReply,
  form: Form,
  whole: (reply: Extract<AskReply, { state: "finished" }>) => T,
) {
  switch (reply.state) {
    case "failed":
      throw new FailureError(reply.failure);
    case "streaming":
      return eventStream(c, reply, form);
    case "finished":
      return whole(reply);
  }
}
