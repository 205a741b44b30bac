export declare const KEY: string;
export declare const LOOKED_AT: readonly number[];
export declare const RETRIED: {
  readonly actor: string;
  readonly input: { readonly user: string; readonly password: string };
};
export declare const NOW: string;
export declare const AS_OF: string;
export declare const ACCESS: string;
