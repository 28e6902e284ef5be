/** Resolves references by JSON Pointer, `$anchor` or `$id`, only within the same schema. */
import type { Fields } from "../json";
import type { Work } from "./work";

/** The base of a schema without an absolute `$id`. */
const NO_BASE = "schema:/";

interface Target {
  json: unknown;
  /** The base of relative references in the schema. */
  base: string;
}

export class References {
  readonly #work: Work;
  /** By address. The address of an anchor includes the fragment. */
  readonly #targets = new Map<string, Target>();
  readonly #bases = new Map<unknown, string>();

  constructor(root: unknown, work: Work) {
    this.#work = work;
    this.#set(NO_BASE, { json: root, base: NO_BASE });
  }

  /** Adds the names of a schema. Returns the base of its references. */
  add(json: Fields, outer = NO_BASE): string {
    const id = typeof json.$id === "string" ? this.#address(json.$id, outer) : undefined;
    const [base = outer, fragment] = id?.split("#") ?? [];
    if (id !== undefined && !fragment) this.#set(base, { json, base });
    // In draft 7, `$id` with a fragment is an anchor.
    for (const anchor of [fragment, json.$anchor, json.$dynamicAnchor]) {
      if (typeof anchor === "string" && anchor !== "") this.#set(`${base}#${anchor}`, { json, base });
    }
    this.#bases.set(json, base);
    return base;
  }

  /** Returns the target of a reference; undefined if the schema does not contain it. */
  find(reference: string, base: string): Target | undefined {
    const [address = "", fragment = ""] = (this.#address(reference, base) ?? "").split("#");
    const name = decoded(fragment);
    if (name !== "" && !name.startsWith("/")) return this.#targets.get(`${address}#${name}`);
    const root = this.#targets.get(address);
    if (!root || name === "") return root;
    let { json } = root;
    for (const token of name.slice(1).split("/")) {
      const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
      const entry = typeof json === "object" && json !== null && Object.getOwnPropertyDescriptor(json, key);
      if (!entry) return undefined;
      json = entry.value;
    }
    return { json, base: this.#bases.get(json) ?? address };
  }

  /** Adds a name. If two schemas have the same name, the first one wins. */
  #set(name: string, target: Target): void {
    this.#work.spend(name.length);
    if (!this.#targets.has(name)) this.#targets.set(name, target);
  }

  /** Resolves an address against a base. Returns undefined if the result is invalid. */
  #address(reference: string, base: string): string | undefined {
    this.#work.spend(reference.length + base.length);
    return reference.startsWith("#") ? `${base}${reference}` : URL.parse(reference, base)?.href;
  }
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
