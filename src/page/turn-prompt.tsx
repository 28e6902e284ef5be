/** The button that shows the prompt of an answered question. */
import { useState } from "hono/jsx/dom";
import type { Turn } from "./api";
import { changeFacts } from "./fact-actions";
import { PromptDialog, type ShownPrompt } from "./prompt-view";
import { withTexts } from "./recalled-texts";
import type { PageState } from "./state";

/** Loads the prompt of a turn, with the texts of the messages that it quotes. */
async function promptOf(page: PageState, { turnId, sessionId, memory, usage }: Turn): Promise<ShownPrompt> {
  const [sent, recalled] = await Promise.all([
    page.api.turnPrompt(sessionId, turnId),
    withTexts(page.api, memory.recalled),
    changeFacts(page),
  ]);
  const quoted = recalled.map(({ sessionId, seq, from = 0, to, message }) => ({
    sessionId,
    seq,
    createdAt: message?.createdAt ?? "",
    content: message?.content.slice(from, to) ?? "",
  }));
  const asked = page.window.messages.find((message) => message.turnId === turnId && message.role === "user");
  const question = asked && { sessionId, seq: asked.seq };
  return { ...sent, promptTokens: usage.promptTokens, memory: { ...memory, recalled: quoted }, question };
}

export function TurnPrompt({ page, turn }: { page: PageState; turn: Turn }) {
  const [prompt, setPrompt] = useState<ShownPrompt | null>(null);
  const open = () => page.act(async () => setPrompt(await promptOf(page, turn)), { id: "prompt" });
  return (
    <>
      <button type="button" class="chip" onClick={() => void open()}>
        Prompt
      </button>
      {prompt && (
        <PromptDialog prompt={prompt} sessionId={turn.sessionId} facts={page.facts} onClose={() => setPrompt(null)} />
      )}
    </>
  );
}
