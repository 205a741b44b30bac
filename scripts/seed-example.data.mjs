/** What `seed-example.mjs` fills a server with. Every host is of a reserved name or range: nothing here is anybody's. */

export const PROJECT = {
  actor: 'ada',
  input: {
    key: 'retail-banking',
    name: 'Retail banking',
    description: 'Everything that the branch and the app call outside',
    environments: ['dev', 'staging', 'prod'],
  },
};

/** Values per environment; `any` is the default value. */
export const PARAMETERS = [
  {
    key: 'corp.proxy.host',
    description: 'The corporate proxy of the environment',
    values: {
      dev: 'proxy.dev.corp.example.com',
      staging: 'proxy.staging.corp.example.com',
      prod: 'proxy.corp.example.com',
    },
  },
  { key: 'corp.proxy.port', description: 'Dev has an older one', values: { any: '8443', dev: '3129' } },
  {
    key: 'partner.gateway.host',
    values: {
      dev: 'partner-gw.dev.example.com',
      staging: 'partner-gw.stg.example.com',
      prod: 'partner-gw.example.com',
    },
  },
  {
    key: 'crm.host',
    description: 'The CRM of the environment',
    values: { dev: 'crm.dev.example.com', staging: 'crm.stg.example.com', prod: 'crm.example.com' },
  },
  {
    key: 'crm.token',
    description: 'API token of the CRM, rotated each quarter',
    secret: true,
    values: { dev: 'example-token-dev', staging: 'example-token-staging', prod: 'example-token-prod' },
  },
  { key: 'bureau.version', description: "Version of the bureau's API", values: { any: 'v3', dev: 'v4' } },
];

const basic = (user) => ({ authType: 'BASIC', user, password: `example password of ${user}` });

export const PROXIES = [
  {
    name: 'Corporate Proxy',
    description: 'Routes traffic through the corporate proxy gateway',
    type: 'HTTPS',
    host: '${corp.proxy.host}',
    port: '${corp.proxy.port}',
    ...basic('svc-flowx'),
  },
  {
    name: 'DMZ Frankfurt',
    description: 'First choice in the EU',
    type: 'HTTP',
    host: 'dmz-fra.example.com',
    port: 3128,
  },
  { name: 'DMZ Dublin', description: 'Stands in for Frankfurt', type: 'HTTP', host: 'dmz-dub.example.com', port: 3128 },
  {
    name: 'Partner Gateway',
    description: 'The only way to partner networks',
    type: 'HTTPS',
    host: '${partner.gateway.host}',
    port: 443,
    ...basic('svc-partner'),
  },
  {
    name: 'PCI Zone Gateway',
    description: 'Card data leaves here and nowhere else',
    type: 'HTTPS',
    host: 'pci-gw.corp.example.com',
    port: 8443,
    ...basic('svc-pci'),
  },
  { name: 'Credit Bureau Line', type: 'HTTPS', host: '192.0.2.40', port: 8443 },
  { name: 'Branch Network', description: 'Tills and cash machines', type: 'HTTP', host: '198.51.100.15', port: 8080 },
  {
    name: 'Legacy Squid',
    description: 'To be gone by summer',
    type: 'HTTP',
    host: 'squid01.corp.example.com',
    port: 3128,
    ...basic('svc-legacy'),
  },
  {
    name: 'Sandbox',
    description: 'For partners who try our API',
    type: 'HTTP',
    host: 'sandbox.example.com',
    port: 8080,
  },
  { name: 'IPv6 Egress', type: 'HTTPS', host: '[2001:db8::10]', port: 8443 },
  {
    name: 'Open Banking Gateway',
    description: 'Account information and payment initiation',
    type: 'HTTPS',
    host: 'psd2-gw.corp.example.com',
    port: 8443,
    ...basic('svc-psd2'),
  },
  {
    name: 'Filiale München',
    description: 'Branch with its own line',
    type: 'HTTP',
    host: 'münchen.example',
    port: 8080,
  },
];

/** `proxy` is a proxy connection's name; without it calls are direct. */
export const DATA_SOURCES = [
  {
    name: 'CRM',
    description: 'Contacts and their history',
    baseUrl: 'https://${crm.host}/api/v2',
    headers: [
      { name: 'Authorization', value: 'Bearer ${crm.token}', secret: true },
      { name: 'Accept', value: 'application/json' },
    ],
    proxy: 'Corporate Proxy',
  },
  { name: 'Credit Bureau', baseUrl: 'https://bureau.example.com/${bureau.version}', proxy: 'Credit Bureau Line' },
  {
    name: 'Card Payments',
    baseUrl: 'https://acquirer.example.com/payments',
    headers: [{ name: 'X-Api-Key', value: 'example-key', secret: true }],
    proxy: 'PCI Zone Gateway',
  },
  { name: 'Open Banking', baseUrl: 'https://psd2.example.com/xs2a/v1', proxy: 'Open Banking Gateway' },
  { name: 'Sanctions Screening', baseUrl: 'https://screening.example.com/api', proxy: 'Legacy Squid' },
  { name: 'Address Validation', baseUrl: 'https://addresses.example.com', proxy: 'DMZ Frankfurt' },
  { name: 'Exchange Rates', description: 'Public, so without a proxy', baseUrl: 'https://rates.example.com/daily' },
  { name: 'Document Archive', description: 'In the same network', baseUrl: 'http://archive.corp.example.com:8080/v1' },
];

/** What became of them later, so that there is a history to look at. `attach` is a proxy connection's name. */
export const EDITS = [
  {
    actor: 'grace',
    proxy: 'PCI Zone Gateway',
    mutation: 'updateProxyConnection',
    input: { password: 'another example password of svc-pci', reason: 'Quarterly rotation' },
  },
  {
    actor: 'edsger',
    proxy: 'Branch Network',
    mutation: 'updateProxyConnection',
    input: { description: 'Tills, cash machines and the lobby screens', reason: 'The screens moved in' },
  },
  {
    actor: 'grace',
    dataSource: 'Address Validation',
    mutation: 'updateDataSource',
    attach: 'DMZ Dublin',
    input: { reason: 'Frankfurt is being rebuilt' },
  },
  {
    actor: 'edsger',
    proxy: 'Legacy Squid',
    mutation: 'deleteProxyConnection',
    input: { reason: 'Switched off; Sanctions Screening refuses calls until it has another proxy' },
  },
];
