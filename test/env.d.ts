declare namespace Cloudflare {
  interface Env extends Omit<import("../src/env").Env, never> {}
  interface GlobalProps {
    mainModule: typeof import("../src/local");
  }
}

declare module "*.md?raw" {
  const text: string;
  export default text;
}

/** Declared by Vite: https://vite.dev/guide/features#glob-import */
interface ImportMeta {
  glob<T>(pattern: string, options: { query: "?raw"; import: "default"; eager: true }): Record<string, T>;
}
