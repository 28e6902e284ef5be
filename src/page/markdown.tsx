/** Renders Markdown as elements. HTML in it is shown as text and never runs. */

import type { Child } from "hono/jsx";
import { memo, useEffect, useRef, useState } from "hono/jsx/dom";
import type { MarkedToken, Token, Tokens } from "marked";
import { CodeBlock } from "./code-block";
import { type Blocks, blocksOf } from "./markdown-blocks";
import { Formula } from "./math";
import { isFormula } from "./math-syntax";

/** URL schemes of links. */
const SAFE = /^(?:https?:|mailto:)/i;

const inline = (tokens: Token[] | undefined): Child[] => (tokens ?? []).map((token) => <Piece token={token} />);

const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi;
/** Decodes the HTML entities of a text. */
const decoded = (text: string) =>
  text.replace(ENTITY, (entity) => new DOMParser().parseFromString(entity, "text/html").body.textContent ?? entity);

function Link({ href, tokens, text }: { href: string; tokens?: Token[] | undefined; text: string }) {
  const shown = tokens ? inline(tokens) : decoded(text);
  const url = decoded(href);
  if (!SAFE.test(url)) return <>{shown}</>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {shown}
    </a>
  );
}

function Heading({ depth, tokens }: Tokens.Heading) {
  const children = inline(tokens);
  // The page uses h1 and h2 itself.
  if (depth === 1) return <h3 dir="auto">{children}</h3>;
  if (depth === 2) return <h4 dir="auto">{children}</h4>;
  return <h5 dir="auto">{children}</h5>;
}

function List({ ordered, start, items }: Tokens.List) {
  const entries = items.map((item) => (
    <li dir="auto" class={item.task ? "task" : undefined}>
      {inline(item.tokens)}
    </li>
  ));
  return ordered ? (
    <ol dir="auto" start={start === "" ? 1 : start}>
      {entries}
    </ol>
  ) : (
    <ul dir="auto">{entries}</ul>
  );
}

const alignment = (cell: Tokens.TableCell) => (cell.align ? `align-${cell.align}` : undefined);

function Table({ header, rows }: Tokens.Table) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="table" tabindex={0} role="group" aria-label="Table">
      <table dir="auto">
        <thead>
          <tr>
            {header.map((cell) => (
              <th scope="col" dir="auto" class={alignment(cell)}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td dir="auto" class={alignment(cell)}>
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
  if (isFormula(token)) return <Formula text={token.text} display={token.display} />;
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
      return <p dir="auto">{inline(token.tokens)}</p>;
    case "heading":
      return <Heading {...token} />;
    case "blockquote":
      return <blockquote dir="auto">{inline(token.tokens)}</blockquote>;
    case "code":
      return <CodeBlock text={token.text} language={token.lang ?? ""} />;
    case "codespan":
      return <code>{token.text}</code>;
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
      return token.tokens ? <span>{inline(token.tokens)}</span> : decoded(token.text);
    case "escape":
      return token.text;
    case "html":
      // HTML is shown as text.
      return token.raw;
  }
}

/** A block is drawn again only if its text has changed. */
const Block = memo(
  ({ token }: { token: Token }) =>
    token.type === "text" && !("tokens" in token && token.tokens) ? (
      <p class="plain" dir="auto">
        {token.raw}
      </p>
    ) : (
      <Piece token={token} />
    ),
  (before, after) => before.token.raw === after.token.raw && before.token.type === after.token.type,
);

/** Blocks that are compared together: an answer of 80,000 characters has thousands. */
const GROUP = 40;

const BlockGroup = memo(
  ({ tokens }: { tokens: Token[] }) => (
    <>
      {tokens.map((token, at) => (
        <Block key={at} token={token} />
      ))}
    </>
  ),
  ({ tokens: before }, { tokens: after }) =>
    before.length === after.length && before.every((token, at) => token === after[at]),
);

/** Groups that are drawn at once: the browser can react to keys and clicks before the next ones. */
const GROUPS_AT_ONCE = 2;

interface MarkdownProps {
  text: string;
  /** Characters of the text that are drawn, approximately; default: all. */
  limit?: number | undefined;
  /** Called after more groups were drawn. */
  onGrow?: (() => void) | undefined;
}

/** Returns the number of groups that begin within a number of characters. */
function groupsWithin(groups: Token[][], limit: number): number {
  let start = 0;
  return groups.filter((group) => {
    const isWithin = start < limit;
    start += group.reduce((sum, { raw }) => sum + raw.length, 0);
    return isWithin;
  }).length;
}

export function Markdown({ text, limit, onGrow }: MarkdownProps) {
  const blocks = useRef<Blocks | undefined>(undefined);
  const [drawn, setDrawn] = useState(GROUPS_AT_ONCE);
  if (blocks.current?.source !== text) blocks.current = blocksOf(text, blocks.current);
  const { tokens } = blocks.current;
  const groups = Array.from({ length: Math.ceil(tokens.length / GROUP) }, (_, at) =>
    tokens.slice(at * GROUP, (at + 1) * GROUP),
  );
  const count = limit === undefined ? groups.length : groupsWithin(groups, limit);
  useEffect(() => {
    if (drawn > GROUPS_AT_ONCE) onGrow?.();
    if (drawn >= count) return;
    const timer = setTimeout(() => setDrawn(drawn + GROUPS_AT_ONCE));
    return () => clearTimeout(timer);
  }, [drawn, count]);
  return (
    <>
      {groups.slice(0, Math.min(count, drawn)).map((group, at) => (
        <BlockGroup key={at} tokens={group} />
      ))}
    </>
  );
}
