import { zValidator } from "@hono/zod-validator";
import type { output, ZodError } from "zod";
import { appendRequest, partialAppend, type RefusedMessage } from "../schema/session-schema";
import { refused, validates } from "./validation";

const schema = appendRequest.transform(withRefused([]));

function withRefused(refused: RefusedMessage[]) {
  return (body: output<typeof appendRequest>) => ({ ...body, refused });
}

/** Returns the refused messages by index; undefined if more than messages is wrong. */
function refusedIn({ issues }: ZodError): Map<number, RefusedMessage> | undefined {
  const found = new Map<number, RefusedMessage>();
  for (const { path, message } of issues) {
    const [field, index, ...inside] = path;
    if (field !== "messages" || typeof index !== "number") return undefined;
    if (!found.has(index)) found.set(index, { index, message: [...inside.map(String), message].join(": ") });
  }
  return found;
}

/** Validates the body of an append. With `partial`, leaves out the invalid messages and lists them. */
export const validAppend = zValidator(
  "json",
  schema,
  (result) => {
    if (!result.success) throw refused(result.error);
  },
  {
    validationFunction: (_, body: unknown) => {
      const whole = schema.safeParse(body);
      if (whole.success || !isPartial(body)) return whole;
      const found = refusedIn(whole.error);
      if (!found) return whole;
      const messages = body.messages.filter((_, index) => !found.has(index));
      return partialAppend.transform(withRefused([...found.values()])).safeParse({ ...body, messages });
    },
  },
);
validates(validAppend, { target: "json", schema });

const isPartial = (body: unknown): body is { messages: unknown[] } =>
  typeof body === "object" &&
  body !== null &&
  "partial" in body &&
  body.partial === true &&
  "messages" in body &&
  Array.isArray(body.messages);
