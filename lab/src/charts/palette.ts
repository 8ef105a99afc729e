/** How models look, everywhere: a colour (styles/tokens.css) and dashes, so that neither alone has to tell them apart. */
interface Look {
  readonly colour: string;
  readonly dash?: string;
  readonly width: number;
}

const dashes: Readonly<Record<string, string>> = {
  sabr: "7 3",
  svi: "2.5 2.5",
  ssvi: "9 3 2 3",
  essvi: "9 3 2 3 2 3",
  heston: "12 4",
  bates: "12 4 2 4",
  "rough-bergomi": "5 2 1 2",
  sanos: "1.5 3",
  "local-vol": "4 4",
  "black-scholes": "14 5",
};

/** Look of a model, by its name on the command line. */
export const lookOf = (model: string): Look => ({
  colour: `var(--m-${model})`,
  dash: dashes[model],
  width: model === "neural-sde" ? 2.6 : 2,
});
