/** What the server has put into the page. */
export interface Settings {
  /** none: there are no identities, and everybody may do everything. */
  readonly auth: 'none' | 'required';
  /** Null: nobody signs in; where identities are required, an API token is pasted. */
  readonly oidc: OidcSettings | null;
  readonly graphiql: boolean;
}

export interface OidcSettings {
  readonly issuer: string;
  /** Null: a token that somebody has is pasted. */
  readonly clientId: string | null;
  /** Separated by spaces. */
  readonly scopes: string;
  /** A query string without `?`, for the authorization request. */
  readonly authorizeParams: string;
  /** The issuer's own; null: the server could not look for them yet. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export const settings: Settings = JSON.parse(document.getElementById('settings')?.textContent ?? '');

/** Where the console is served, with a slash at its end; a proxy may have put it below a path. */
export const baseUrl = new URL(document.documentElement.dataset.up ?? './', location.href);
/** The same for addresses within the console, which begin with a slash. */
export const basePath = baseUrl.pathname.replace(/\/$/, '');

/** Of the style elements that the page may have. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
