/** Renders Markdown as elements. HTML in it is shown as text and never runs. */

import type { Child } from "hono/jsx";
import { type MarkedToken, marked, type Token, type Tokens } from "marked";

/** Characters; a longer text is shown without Markdown, because parsing it would block the page. */
const LONGEST = 30_000;

/** URL schemes of links. */
const SAFE = /^(?:https?:|mailto:)/i;

const inline = (tokens: Token[] | undefined): Child[] => (tokens ?? []).map((token) => <Piece token={token} />);

const unescaped: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
/** Decodes the HTML entities of a text. */
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
  // The page uses h1 and h2 itself.
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

/** The token types of marked without extensions. */
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
      // The page loads no images from other servers.
      return <Link href={token.href} text={token.text || token.href} />;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "text":
      return token.tokens ? <span>{inline(token.tokens)}</span> : plain(token.text);
    case "escape":
      return plain(token.text);
    case "html":
      // HTML is shown as text.
      return token.raw;
  }
}

export function Markdown({ text }: { text: string }) {
  if (text.length > LONGEST) return <p class="plain">{text}</p>;
  return <>{inline(marked.lexer(text))}</>;
}
