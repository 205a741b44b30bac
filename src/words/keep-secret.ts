/** Keeps a text at hand under a new reference, to be sealed and stored should the command append. */
export type KeepSecret = (text: string) => string;
