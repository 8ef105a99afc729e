import { expect, test } from "vitest";
import {
  countText,
  dateText,
  durationText,
  fixedText,
  magnitudeText,
  percentText,
  shortText,
} from "./numberText.ts";

test.each([
  [percentText(0.23456, 2), "23.46 %"],
  [fixedText(-2.71, 1), "−2.7"],
  [fixedText(-0.58), "−0.58"],
  [fixedText(-0.001), "0.00"],
  [fixedText(Number.NaN), "n/a"],
  [countText(1234567), "1,234,567"],
  [shortText(0), "0"],
  [shortText(1e-8), "1e-8"],
  [shortText(-3.14e-12), "−3.1e-12"],
  [shortText(0.031249), "0.0312"],
  [shortText(5210.4), "5,210"],
  [shortText(2e6), "2e6"],
  [shortText(-0), "0"],
  [magnitudeText(8.123e9), "8.12 G"],
  [magnitudeText(950), "950"],
  [durationText(8.44), "8.4 s"],
  [durationText(59.96), "1 min 0 s"],
  [durationText(200), "3 min 20 s"],
  [dateText("2026-03-27T15:30:00.000Z"), "2026-03-27 15:30 UTC"],
  [dateText("soon"), "soon"],
])("%s reads %s", (text, expected) => expect(text).toBe(expected));
