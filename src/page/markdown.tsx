/** Answers as Markdown: read by a library, shown as elements, so that no HTML of a model's is ever run. */

import type { Child } from "hono/jsx";
import { type MarkedToken, marked, type Token, type Tokens } from "marked";

/** A longer text is shown as it is: it is no prose. */
const LONGEST = 30_000;

/** Where a link may lead. */
const SAFE = /^(?:https?:|mailto:)/i;

const inline = (tokens: Token[] | undefined): Child[] => (tokens ?? []).map((token) => <Piece token={token} />);

const unescaped: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
/** Text comes escaped for HTML, which it is not put into. */
const plain = (text: string) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => unescaped[entity] ?? entity);

function Link({ href, tokens, text }: { href: string; tokens?: Token[] | undefined; text: string }) {
  const shown = tokens ? inline(tokens) : plain(text);
  if (!SAFE.test(href)) return <>{shown}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {shown}
    </a>
  );
}

function Heading({ depth, tokens }: Tokens.Heading) {
  // A page has one first heading, and a session the second.
  if (depth === 1) return <h3>{inline(tokens)}</h3>;
  if (depth === 2) return <h4>{inline(tokens)}</h4>;
  return <h5>{inline(tokens)}</h5>;
}

function List({ ordered, start, items }: Tokens.List) {
  const entries = items.map((item) => <li>{inline(item.tokens)}</li>);
  return ordered ? <ol start={start === "" ? 1 : start}>{entries}</ol> : <ul>{entries}</ul>;
}

function Table({ header, rows }: Tokens.Table) {
  return (
    <section class="table" tabindex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell) => (
              <th scope="col">{inline(cell.tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{inline(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The library's own kinds; others come from extensions, of which there are none. */
const KINDS = new Set(
  "blockquote br checkbox code codespan def del em escape heading hr html image link list list_item paragraph space strong table text".split(
    " ",
  ),
);
const isKnown = (token: Token): token is MarkedToken => KINDS.has(token.type);

function Piece({ token }: { token: Token }): Child {
  if (!isKnown(token)) return token.raw;
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "hr":
      return <hr />;
    case "br":
      return <br />;
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "heading":
      return <Heading {...token} />;
    case "blockquote":
      return <blockquote>{inline(token.tokens)}</blockquote>;
    case "code":
      return (
        <pre tabindex={0}>
          <code>{token.text}</code>
        </pre>
      );
    case "codespan":
      return <code>{plain(token.text)}</code>;
    case "list":
      return <List {...token} />;
    case "list_item":
      return <li>{inline(token.tokens)}</li>;
    case "table":
      return <Table {...token} />;
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "link":
      return <Link href={token.href} tokens={token.tokens} text={token.text} />;
    case "image":
      // Nothing is loaded from elsewhere.
      return <Link href={token.href} text={token.text || token.href} />;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "text":
      return token.tokens ? <span>{inline(token.tokens)}</span> : plain(token.text);
    case "escape":
      return plain(token.text);
    case "html":
      // Shown as the text that it is.
      return token.raw;
  }
}

export function Markdown({ text }: { text: string }) {
  if (text.length > LONGEST) return <p class="plain">{text}</p>;
  return <>{inline(marked.lexer(text))}</>;
}
