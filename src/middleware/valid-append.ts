import * as z from "zod/mini";
import { appendRequest, partialAppend, type RefusedMessage } from "../schema/session-schema";
import { fieldErrors, refused, validator } from "./validation";

type Valid = z.output<typeof appendRequest> & { refused: RefusedMessage[] };

/** Validates the body of an append. With `partial`, leaves out the invalid messages and lists them. */
export const validAppend = validator<typeof appendRequest, "json", Valid>("json", appendRequest, (body) => {
  const whole = z.safeParse(appendRequest, body);
  if (whole.success) return { ...whole.data, refused: [] };
  const found = isPartial(body) ? refusedIn(whole.error) : undefined;
  if (!found || !isPartial(body)) throw refused(whole.error, body);
  const messages = body.messages.filter((_, index) => !found.has(index));
  return { ...z.parse(partialAppend, { ...body, messages }), refused: [...found.values()] };
});

/** Returns the refused messages by index; undefined if more than messages is wrong. */
function refusedIn({ issues }: z.core.$ZodError): Map<number, RefusedMessage> | undefined {
  const found = new Map<number, RefusedMessage>();
  for (const issue of issues) {
    const [field, index] = issue.path;
    if (field !== "messages" || typeof index !== "number") return undefined;
    const [error] = fieldErrors(issue);
    const inside = error?.path.split(".").slice(2) ?? [];
    if (!found.has(index)) found.set(index, { index, message: [...inside, error?.message].join(": ") });
  }
  return found;
}

const isPartial = (body: unknown): body is { messages: unknown[] } =>
  typeof body === "object" &&
  body !== null &&
  "partial" in body &&
  body.partial === true &&
  "messages" in body &&
  Array.isArray(body.messages);
