/** The bar on the side (wide) or on top (narrow): sections, theme, and how many threads the page may use. */
import { signal } from "@preact/signals";
import { sections } from "../sections/index.ts";
import { hrefOf, route } from "./router.ts";
import { type Theme, theme, themes } from "./theme.ts";
import { isolated, threads } from "./threads.ts";

const isOpen = signal(false);
const themeNames: Readonly<Record<Theme, string>> = {
  system: "System",
  light: "Light",
  dark: "Dark",
};

export function Navigation() {
  const { section } = route.value;
  return (
    <header class="bar">
      <a class="brand" href="#/" aria-label="Volterra lab, start page">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path class="brand-smile" d="M4 8c4 13 9 16 13 15s8-6 11-12" />
          <circle cx="9.300" cy="17.500" r="2.600" />
          <circle cx="23.600" cy="18" r="2.600" />
        </svg>
        <span>
          Volterra <em>lab</em>
        </span>
      </a>
      <button
        type="button"
        class="menu-button"
        aria-expanded={isOpen.value}
        aria-controls="sections"
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        Sections
      </button>
      <div id="sections" class={isOpen.value ? "bar-body open" : "bar-body"}>
        <nav aria-label="Sections">
          <ul>
            {sections.map(({ id, title }) => (
              <li key={id}>
                <a
                  href={hrefOf(id)}
                  aria-current={id === section ? "page" : undefined}
                  onClick={() => {
                    isOpen.value = false;
                  }}
                >
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="bar-foot">
          <label class="theme">
            <span>Theme</span>
            <select
              value={theme.value}
              onChange={(event) => {
                theme.value = event.currentTarget.value as Theme;
              }}
            >
              {themes.map((name) => (
                <option key={name} value={name}>
                  {themeNames[name]}
                </option>
              ))}
            </select>
          </label>
          <p class="soft">
            {isolated
              ? `Computes on ${threads} ${threads === 1 ? "thread" : "threads"} of this machine.`
              : "Computes on one thread: the page is not cross-origin isolated."}
          </p>
        </div>
      </div>
    </header>
  );
}
