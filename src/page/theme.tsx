/** The colours: those of the system, light or dark. The choice is stored in this browser. */
import { useState } from "hono/jsx/dom";
import { deviceStorage } from "./page-storage";

const STORAGE_KEY = "llamory:theme";
const THEMES = [
  ["system", "Same as the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

/** The background of each theme, as in page.css, for the browser's own bars. */
const COLORS = { light: "#ffffff", dark: "#16151a" };

const isTheme = (name: string | null): name is "light" | "dark" => name === "light" || name === "dark";

const storedTheme = () => deviceStorage.get(STORAGE_KEY);

/** Applies the stored choice to the document. */
export function applyTheme(): void {
  const theme = storedTheme();
  document.documentElement.dataset.theme = isTheme(theme) ? theme : "system";
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes("dark") ? "dark" : "light";
    meta.content = COLORS[isTheme(theme) ? theme : own];
  }
}

export function ThemeSelect() {
  const [theme, setTheme] = useState(storedTheme() ?? "system");
  const change = (event: Event) => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    deviceStorage.set(STORAGE_KEY, event.target.value);
    setTheme(event.target.value);
    applyTheme();
  };
  return (
    <label class="theme">
      Theme
      <select value={theme} onChange={change}>
        {THEMES.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
