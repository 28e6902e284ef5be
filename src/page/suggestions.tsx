/** The content of an empty conversation: an introduction, suggested first messages, and a note about the stand-in. */
import type { PageState } from "./state";
import { isTemporary } from "./temporary";

const FIRST_MESSAGES = [
  "What do you know about me?",
  "How does your memory work?",
  "Help me plan my week.",
  "Write a haiku about the sea.",
];

const OFFLINE_MODEL = "llamory-offline";

/** Returns whether the answers come from the built-in stand-in for a model. */
export const isStandIn = ({ model }: PageState): boolean => model === OFFLINE_MODEL;

export function Suggestions({ page }: { page: PageState }) {
  return (
    <div class="empty">
      <h3>Start talking.</h3>
      <p>
        {isTemporary(page.location.sessionId)
          ? "This conversation is temporary. I use what I remember, and nothing of it is stored."
          : page.userId === undefined
            ? "I remember this conversation. Add your name and I remember you in all of them."
            : `I remember this conversation, and what you told me in others, ${page.userId}.`}
      </p>
      <ul class="suggestions">
        {FIRST_MESSAGES.map((message) => (
          <li key={message}>
            <button type="button" onClick={() => void page.ask(message)}>
              {message}
            </button>
          </li>
        ))}
      </ul>
      {isStandIn(page) && (
        <p class="stand-in">
          <b>A stand-in answers, not a language model.</b> It repeats the sentence of its prompt that best matches your
          question, so you see what the memory found. For a real model, run <code>npm run start:ollama</code> or{" "}
          <code>npm run start:cloudflare</code>, or deploy to Cloudflare.
        </p>
      )}
    </div>
  );
}
