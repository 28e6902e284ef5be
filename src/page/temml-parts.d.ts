/** The modules of Temml that render a formula. Its main file also contains chemistry, physics and markup: 11 KiB gzipped. */

declare module "temml/src/Settings.js" {
  export default class Settings {
    constructor(options: {
      displayMode: boolean;
      throwOnError: boolean;
      trust: boolean;
      maxExpand: number;
      maxSize: [number, number];
    });
    maxSize: [number, number];
  }
}

declare module "temml/src/Style.js" {
  export default class Style {
    constructor(options: { level: number; maxSize: [number, number] });
  }
}

declare module "temml/src/constants.js" {
  export const StyleLevel: { DISPLAY: number; TEXT: number };
}

declare module "temml/src/parseTree.js" {
  import type Settings from "temml/src/Settings.js";

  /** @throws an error if the text is not valid TeX */
  export default function parseTree(text: string, settings: Settings): object[];
}

declare module "temml/src/buildMathML.js" {
  import type Settings from "temml/src/Settings.js";
  import type Style from "temml/src/Style.js";

  export default function buildMathML(
    tree: object[],
    text: string,
    style: Style,
    settings: Settings,
  ): { toNode(): Node };
}
