import { expect, test } from "vitest";
import { NumericalError } from "../num/errors.ts";
import { type LinearRow, linearProgram } from "./linearProgram.ts";

/** Dantzig's classroom example: maximise 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18; 36 at (2, 6). */
function classroom() {
  const program = linearProgram();
  const [x, y] = [program.column(-3), program.column(-5)];
  program.row(-Infinity, 4, [[x, 1]]);
  program.row(-Infinity, 12, [[y, 2]]);
  return {
    program,
    last: {
      lower: -Infinity,
      upper: 18,
      terms: [
        [x, 3],
        [y, 2],
      ],
    } as LinearRow,
  };
}

test("a program is solved at its vertex", async () => {
  const { program, last } = classroom();
  program.row(last.lower, last.upper, last.terms);
  expect(program.size).toEqual({ columns: 2, rows: 3 });
  const { values, objective, rounds } = await program.solve("test");
  expect(Array.from(values)).toEqual([2, 6]);
  expect(objective).toBe(-36);
  expect(rounds).toBe(1);
});

test("rows that come as cuts lead to the same optimum", async () => {
  const { program, last } = classroom();
  const { values, rounds } = await program.solve("test", ([x, y]) =>
    3 * x + 2 * y > 18 + 1e-9 ? [last] : [],
  );
  expect(Array.from(values)).toEqual([2, 6]);
  expect(rounds).toBe(2);
});

test("programs without an optimum, and cuts without end, are numerical errors that say where", async () => {
  const impossible = linearProgram();
  impossible.row(1, 2, [[impossible.column(1, 0, 0.5), 1]]);
  await expect(impossible.solve("here")).rejects.toThrow(/^here: expected an optimum/);
  const endless = linearProgram();
  endless.column(-1);
  await expect(endless.solve("there")).rejects.toBeInstanceOf(NumericalError);
});
