/** What the stored data directories are asked: only for what has one meaning for ever. */

export const KEY = 'retail-banking';

/** The positions of the past that are looked at. */
export const LOOKED_AT = [7, 12, 20];

/** The mutation of grace that is sent again, with its idempotency key. */
export const RETRIED = {
  actor: 'grace',
  input: {
    projectKey: KEY,
    name: 'Corporate Proxy',
    type: 'HTTP',
    host: '${proxy.host}',
    port: '${proxy.port}',
    authType: 'BASIC',
    user: 'svc-ledger',
    password: 'stored-password-1',
    idempotencyKey: 'corporate-1',
  },
};

const AUDITED =
  'version createdAt createdBy { kind name } editedAt editedBy { kind name } deletedAt deletedBy { name }';

const HISTORY = `history(first: 100, direction: ASC) {
  totalCount
  nodes {
    type subjectName version
    commit { position at reason hash actor { kind name } }
    fields { field before after secret }
  }
}`;

const ROWS = `
  key name description environments position ${AUDITED}
  configParameters(first: 100, filter: { state: ANY }) {
    totalCount
    nodes { key description secret defaultValue values { environment value } ${AUDITED} }
  }
  proxyConnections(first: 100, filter: { state: ANY }) {
    totalCount
    nodes {
      name description type host port authType user hasPassword ${AUDITED}
      usedBy { nodes { name } }
      lastTest { at by { name } environment success proxyUrl proxyVersion targetUrl targetStatus stale }
    }
  }
  dataSources(first: 100, filter: { state: ANY }) {
    totalCount
    nodes {
      name description type baseUrl connectThroughProxy routing headers { name value secret } ${AUDITED}
      proxyConnection { name version }
    }
  }`;

export const NOW = `query($key: String!) {
  projects { nodes { key name } }
  project(key: $key) { ${ROWS} ${HISTORY} }
}`;

export const AS_OF = `query($key: String!, $position: Int!) {
  project(key: $key, asOf: { position: $position }) { ${ROWS} }
}`;

/** Whom the project was granted to, and its tokens; nobody and none in the forms from before there were any. */
export const ACCESS = `query($key: String!) {
  project(key: $key) {
    access(first: 100) { nodes { principal { kind identity name } role grantedAt grantedBy { kind name } reason } }
    tokens(first: 100) { nodes { name role expiresAt createdAt createdBy { name } revokedAt revokedBy { name } } }
  }
}`;
