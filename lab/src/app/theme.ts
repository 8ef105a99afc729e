/** Light, dark, or as the system says; kept in the browser. */
import { effect, signal } from "@preact/signals";

const key = "volterra-lab-theme";
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

function saved(): Theme {
  try {
    const value = localStorage.getItem(key);
    return themes.find((theme) => theme === value) ?? "system";
  } catch {
    return "system"; // a browser that keeps nothing: the page still works
  }
}

export const theme = signal<Theme>(saved());

/** Counts changes of what is drawn, for pictures that are not styled by CSS (canvases). */
export const themeChanges = signal(0);

effect(() => {
  const value = theme.value;
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  themeChanges.value = themeChanges.peek() + 1;
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  themeChanges.value += 1;
});
