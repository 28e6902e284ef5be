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
