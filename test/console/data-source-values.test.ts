import {
  changesOf,
  inputOf,
  isStored,
  NEW_DATA_SOURCE,
  valuesOf,
} from '../../src/console/pages/data-source/data-source-values.ts';

const SAVED = valuesOf({
  name: 'CRM',
  description: null,
  baseUrl: 'https://crm.example.com',
  headers: [
    { name: 'Authorization', value: null, secret: true },
    { name: 'Accept', value: 'text/html', secret: false },
  ],
  connectThroughProxy: true,
  proxyConnection: { id: 'deleted-one' },
});

describe('what a data source’s form sends', () => {
  test('is nothing but the reason where nothing has changed', () => {
    expect(changesOf({ ...SAVED, reason: 'none' }, SAVED, {})).toEqual({ reason: 'none' });
  });

  test('is only what differs: a proxy connection that was deleted may stay, and not be attached', () => {
    expect(changesOf({ ...SAVED, description: 'Contacts' }, SAVED, {})).toEqual({
      description: 'Contacts',
      reason: '',
    });
    expect(changesOf({ ...SAVED, proxyConnectionId: 'other' }, SAVED, {})).toEqual({
      connectThroughProxy: true,
      proxyConnectionId: 'other',
      reason: '',
    });
    expect(changesOf({ ...SAVED, connectThroughProxy: false }, SAVED, {})).toEqual({
      connectThroughProxy: false,
      reason: '',
    });
    expect(changesOf({ ...SAVED, proxyConnectionId: '' }, SAVED, {})).toMatchObject({ proxyConnectionId: null });
  });

  test('keeps what is stored of a secret header, and sends what was typed', () => {
    const headers = (typed: Record<string, string>) => changesOf(SAVED, SAVED, typed).headers;
    expect(headers({})).toBeUndefined();
    // Typed for a row that is gone again.
    expect(headers({ 'new 1': 'x' })).toBeUndefined();
    expect(headers({ Authorization: 'Bearer x' })).toEqual([
      { name: 'Authorization', value: 'Bearer x', secret: true },
      { name: 'Accept', value: 'text/html', secret: false },
    ]);
    const added = [...SAVED.headers, { row: 'new 1', name: 'X-Key', value: '', secret: true }];
    expect(changesOf({ ...SAVED, headers: added }, SAVED, { 'new 1': 'two' }).headers).toEqual([
      { name: 'Authorization', value: null, secret: true },
      { name: 'Accept', value: 'text/html', secret: false },
      { name: 'X-Key', value: 'two', secret: true },
    ]);
  });

  test('names no proxy connection where calls go straight', () => {
    expect(inputOf({ ...NEW_DATA_SOURCE, proxyConnectionId: 'chosen before' }, {})).not.toHaveProperty(
      'proxyConnectionId',
    );
  });
});

test('a secret is stored under a header’s name, whatever its case, and under no other', () => {
  const row = { row: 'new 1', name: ' AUTHORIZATION ', value: '', secret: true };
  expect(isStored(row, SAVED)).toBe(true);
  expect(isStored({ ...row, secret: false }, SAVED)).toBe(false);
  expect(isStored({ ...row, name: 'Accept' }, SAVED)).toBe(false);
  expect(isStored({ ...row, name: 'X-Authorization' }, SAVED)).toBe(false);
});
