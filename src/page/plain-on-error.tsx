import type { Child } from "hono/jsx";
import { ErrorBoundary } from "hono/jsx/dom";

/** Shows plain text where views throw, so that the content of one message cannot take the page down. */
export const PlainOnError = ({ text, children }: { text: string; children: Child }) => (
  <ErrorBoundary
    fallback={
      <p class="plain" dir="auto">
        {text}
      </p>
    }
  >
    {children}
  </ErrorBoundary>
);
