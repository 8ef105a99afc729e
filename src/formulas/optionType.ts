/** Which side of an option: the word that every formula takes. */
export type OptionType = "call" | "put";
