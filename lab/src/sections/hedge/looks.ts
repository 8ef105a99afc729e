/** How the hedgers look, in every chart of the section: a colour and dashes, so that neither alone has to tell them apart. */
export const looks = {
  learned: { label: "learned", colour: "var(--m-neural-sde)" },
  delta: { label: "Black-Scholes delta", colour: "var(--c2)", dash: "7 3" },
  whalley: { label: "Whalley-Wilmott", colour: "var(--c5)", dash: "2 3" },
  exact: { label: "exact optimum", colour: "var(--c3)", dash: "9 3 2 3" },
} as const;

/** Names of the library's rules as a page says them. */
export const ruleLabel = (name: string): string =>
  name === "delta"
    ? looks.delta.label
    : name === "no hedge"
      ? "no hedge at all"
      : name === "Leland"
        ? "Leland’s delta"
        : name;
