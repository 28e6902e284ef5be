/** A tokenizer for Markdown that bounds how deep quotes, lists, links and emphasis contain one another. */
import { Tokenizer, type Tokens } from "marked";

/** Levels. Deeper marks are text: each level takes several calls in the library and in the views. */
const MAX_DEPTH = 50;

export class BoundedTokenizer extends Tokenizer {
  #depth = 0;

  /** Reads a token and the tokens in it, unless they are too deep. */
  #deeper<T>(read: () => T | undefined): T | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#deeper(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.#deeper(() => super.list(src));
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    return this.#deeper(() => super.link(src));
  }

  override reflink(...args: Parameters<Tokenizer["reflink"]>): ReturnType<Tokenizer["reflink"]> {
    return this.#deeper(() => super.reflink(...args));
  }

  override emStrong(...args: Parameters<Tokenizer["emStrong"]>): ReturnType<Tokenizer["emStrong"]> {
    return this.#deeper(() => super.emStrong(...args));
  }

  override del(...args: Parameters<Tokenizer["del"]>): ReturnType<Tokenizer["del"]> {
    return this.#deeper(() => super.del(...args));
  }
}
