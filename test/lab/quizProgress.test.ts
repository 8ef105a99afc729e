/** What a browser kept of the quiz is read as far as it can be understood; the questions keep their promises. */
import { expect, test } from "vitest";
import { progressOf } from "../../lab/src/sections/quiz/progress.ts";
import { questions } from "../../lab/src/sections/quiz/questions.ts";
import { sections } from "../../lab/src/sections/index.ts";

test("there are at least ten questions, each with its own id, an answer and a place to see it", () => {
  expect(questions.length).toBeGreaterThanOrEqual(10);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  for (const { answer, places } of questions) {
    expect(answer.join(" ").length).toBeGreaterThan(150);
    expect(places.length).toBeGreaterThan(0);
  }
});

test("every question has a place in a section that the lab has", () => {
  const known = sections.map(({ id }) => id);
  for (const { places } of questions) {
    expect(places.some(({ href }) => known.includes(href.slice(2).split("?")[0]))).toBe(true);
  }
});

test.each([
  ["nothing", null],
  ["text that is no JSON", "{oops"],
  ["a list", "[1,2]"],
  ["a number", "7"],
  ["questions that are not asked", '{"gone":{"text":"x","isRevealed":true,"mark":null}}'],
  ["answers of the wrong kind", '{"calendar":{"text":5}}'],
])("%s gives an empty quiz", (_, kept) => expect(progressOf(kept)).toEqual({}));

test("an answer comes back; an unknown mark does not", () => {
  const kept = JSON.stringify({
    calendar: { text: "noise", isRevealed: true, mark: "partly" },
    butterfly: { text: "yes", isRevealed: "no", mark: "brilliant" },
  });
  expect(progressOf(kept)).toEqual({
    calendar: { text: "noise", isRevealed: true, mark: "partly" },
    butterfly: { text: "yes", isRevealed: false, mark: null },
  });
});
