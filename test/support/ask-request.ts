import type { AskRequest } from "../../src/env";
import { measure } from "../../src/turn/budget";

/** Returns a question as the Worker passes it to a session's object, for tests that need the turn's id. */
export const askRequest = (turnId: string, question: string, more: Partial<AskRequest> = {}): AskRequest => ({
  turnId,
  input: measure({
    question,
    systemPrompt: "Be kind.",
    timeZone: "UTC",
    contextTokens: 8_192,
    recallTokens: 2_000,
    maxTokens: 1_024,
  }),
  model: {
    model: "llamory-offline",
    fallbackModel: "",
    unknownWindow: 8_192,
    timeoutMs: 60_000,
    stallMs: 20_000,
    gateway: "",
  },
  limits: { messages: 250_000, bytes: 1e9 },
  ...more,
});

/** Returns the form of `POST /ask`. */
export const askForm = (sessionId: string) => ({ name: "ask" as const, sessionId, requestId: "r" });
