// Writes texts of the OpenAPI document as HTML.

/** Escapes a text for HTML, also within attributes. */
export const escaped = (text) =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const code = (text) => `<code>${escaped(text)}</code>`;

/** Returns a link to a part of the page. */
export const linkTo = (id, html) => `<a href="#${escaped(id)}">${html}</a>`;

/** Returns a value as JSON in a block that can be scrolled with the keyboard. */
export const jsonBlock = (value) => `<pre tabindex="0"><code>${escaped(JSON.stringify(value, null, 2))}</code></pre>`;

/**
 * Returns a function that writes a description: words in backticks become code, and link to the operation or failure that
 * they name.
 */
export const descriptions = (idOf) => (text) =>
  escaped(text ?? "").replace(/`([^`]+)`/g, (_, words) => {
    const id = idOf(words);
    return id === undefined ? `<code>${words}</code>` : linkTo(id, `<code>${words}</code>`);
  });
