/** What the reader answered, kept in this browser and nowhere else; without storage it lasts as long as the page. */
import { effect, signal } from "@preact/signals";
import { questions } from "./questions.ts";

export const marks = ["had it", "partly", "not yet"] as const;
export type Mark = (typeof marks)[number];

export interface Answered {
  readonly text: string;
  readonly isRevealed: boolean;
  readonly mark: Mark | null;
}

export type QuizProgress = Readonly<Record<string, Answered>>;

const key = "volterra-lab-quiz";
const longest = 4000;

/** What a browser kept, as far as it can be understood. */
export function progressOf(text: string | null): QuizProgress {
  if (text === null) return {};
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof kept !== "object" || kept === null) return {};
  const entries = Object.entries(kept as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.flatMap(([id, value]) => {
      if (!questions.some((question) => question.id === id)) return [];
      if (typeof value !== "object" || value === null) return [];
      const { text: own, isRevealed, mark } = value as Partial<Answered>;
      if (typeof own !== "string") return [];
      const known = marks.find((name) => name === mark) ?? null;
      return [[id, { text: own.slice(0, longest), isRevealed: isRevealed === true, mark: known }]];
    }),
  );
}

function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser that keeps nothing
  }
}

export const progress = signal<QuizProgress>(progressOf(read()));

/** Is what the reader writes kept? False in browsers that keep nothing. */
export const isKept = signal(true);

effect(() => {
  const value = progress.value;
  try {
    if (Object.keys(value).length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    isKept.value = true;
  } catch {
    isKept.value = false;
  }
});

const none: Answered = { text: "", isRevealed: false, mark: null };
export const answeredOf = (id: string): Answered => progress.value[id] ?? none;

export function change(id: string, part: Partial<Answered>): void {
  progress.value = { ...progress.value, [id]: { ...answeredOf(id), ...part } };
}

export function forget(): void {
  progress.value = {};
}
