import type { OutgoingRequest } from '../../../src/traffic/call/outgoing-request.ts';
import { curlCommand, curlScript, type ShownCall } from '../../../src/traffic/curl/curl-preview.ts';

const PROXY = { type: 'HTTP', host: 'proxy-host', port: 8080 } as const;

function request(change: Partial<OutgoingRequest> & { readonly at?: string } = {}): OutgoingRequest {
  const { at = 'https://api.example.com/data', ...rest } = change;
  return { method: 'GET', url: new URL(at), headers: [], ...rest };
}

function command(change: Parameters<typeof request>[0], proxy?: ShownCall['proxy']): string {
  return curlCommand({ request: request(change), ...(proxy && { proxy }) });
}

describe('the command', () => {
  test('has the forms of the product', () => {
    expect(command({})).toBe('curl https://api.example.com/data');
    expect(command({}, PROXY)).toBe('curl --proxy http://proxy-host:8080 https://api.example.com/data');
    expect(command({}, { ...PROXY, user: 'user' })).toBe(
      'curl --proxy http://proxy-host:8080 --proxy-user user:******** https://api.example.com/data',
    );
    expect(command({}, { type: 'HTTPS', host: 'proxy-host', port: 8443 })).toBe(
      'curl --proxy https://proxy-host:8443 https://api.example.com/data',
    );
    const corporate = { type: 'HTTPS', host: 'proxy.corp.example.com', port: 8443, user: 'svc-flowx' } as const;
    expect(command({ at: 'https://crm.example.com/api/v2/contacts' }, corporate)).toBe(
      'curl --proxy https://proxy.corp.example.com:8443 --proxy-user svc-flowx:******** https://crm.example.com/api/v2/contacts',
    );
  });

  test('names the method, the headers that were set and the body', () => {
    const headers = [
      { name: 'Content-Type', value: 'application/json', secret: false },
      { name: 'Authorization', value: 'Bearer hidden', secret: true },
      { name: 'X-Empty', value: ' ', secret: false },
    ];
    expect(command({ method: 'POST', headers, body: '{"name":"O\'Brien"}' }, PROXY)).toBe(
      [
        'curl --proxy http://proxy-host:8080 --request POST',
        "--header 'Content-Type: application/json' --header 'Authorization: ********' --header 'X-Empty;'",
        `--data-raw '{"name":"O'\\''Brien"}' https://api.example.com/data`,
      ].join(' '),
    );
    expect(command({ method: 'HEAD' })).toBe('curl --head https://api.example.com/data');
    expect(command({ method: 'DELETE' })).toBe('curl --request DELETE https://api.example.com/data');
    expect(command({ method: 'POST' })).toBe('curl --request POST https://api.example.com/data');
    expect(command({ body: 'a=1' })).toBe('curl --request GET --data-raw a=1 https://api.example.com/data');
    expect(command({ body: '' })).toBe('curl https://api.example.com/data');
  });

  test('quotes what a shell or curl would read something into', () => {
    expect(command({}, { ...PROXY, user: "o'brien$" })).toContain("--proxy-user 'o'\\''brien$:********'");
    expect(command({}, { ...PROXY, user: 'a%41' })).toContain('--proxy-user a%2541:********');
    expect(command({}, { ...PROXY, host: '2001:DB8::1' })).toContain("--proxy 'http://[2001:db8::1]:8080'");
    expect(command({}, { ...PROXY, host: 'bücher.example' })).toContain('--proxy http://xn--bcher-kva.example:8080');
    expect(command({ at: 'https://api.example.com/data?a=1&b=2' })).toBe("curl 'https://api.example.com/data?a=1&b=2'");
    expect(command({ at: 'https://[::1]/data' })).toBe("curl 'https://[::1]/data'");
    expect(command({ at: 'https://api.example.com/data?a[]={1}' })).toBe(
      "curl --globoff 'https://api.example.com/data?a[]={1}'",
    );
  });

  test('pipes a body that no argument can hold', () => {
    expect(command({ method: 'PUT', body: '-a%\\\0b\r\n' })).toBe(
      "printf '\\055a%%\\\\\\000b\\015\n' | curl --request PUT --data-binary @- https://api.example.com/data",
    );
    expect(command({ method: 'PUT', body: 'x'.repeat(128 * 1024) })).toMatch(/^printf x+ \| curl .* --data-binary @- /);
    expect(command({ method: 'PUT', body: 'x'.repeat(128 * 1024 - 1) })).toMatch(/^curl .* --data-raw x+ /);
  });
});

describe('the script', () => {
  test('names everything that the runtime sends', () => {
    expect(
      curlScript({ request: request(), timeoutMs: 30_000 }),
    ).toBe(`curl --disable --globoff --http1.1 --path-as-is \\
  --max-time 30 \\
  --noproxy '*' \\
  \${TARGET_CACERT:+--cacert} \${TARGET_CACERT:+"$TARGET_CACERT"} \\
  --header 'User-Agent: proxy-ledger' \\
  --header 'Accept: */*' \\
  --header 'Accept-Encoding: identity' \\
  https://api.example.com/data`);
  });

  test('takes secrets from variables, and begins with curl all the same', () => {
    const headers = [
      { name: 'X-Key', value: 'hidden', secret: true },
      { name: 'X_Key', value: '', secret: true },
      { name: 'X-Key-2', value: 'hidden', secret: true },
      { name: 'Accept', value: 'text/plain', secret: false },
    ];
    const proxy = { type: 'HTTPS', host: 'proxy-host', port: 8443, user: "o'brien%" } as const;
    const script = curlScript({ request: request({ method: 'PATCH', headers, body: '@a' }), proxy, timeoutMs: 1_500 });
    expect(script).toBe(`curl --disable --globoff --http1.1 --path-as-is \\
  --max-time 1.5 \\
  --proxy https://proxy-host:8443 \\
  --noproxy '' \\
  \${PROXY_CACERT:+--proxy-cacert} \${PROXY_CACERT:+"$PROXY_CACERT"} \\
  --proxy-user 'o'\\''brien%25:'"$(printf '%s' "$PROXY_PASSWORD" | sed 's/%/%25/g')" \\
  --proxy-header Proxy-Connection: \\
  --proxy-header 'User-Agent: proxy-ledger' \\
  \${TARGET_CACERT:+--cacert} \${TARGET_CACERT:+"$TARGET_CACERT"} \\
  --request PATCH \\
  --header 'User-Agent: proxy-ledger' \\
  --header 'Accept: text/plain' \\
  --header 'Accept-Encoding: identity' \\
  --header 'X-Key: '"$HEADER_X_KEY" \\
  --header 'X_Key: '"$HEADER_X_KEY_2" \\
  --header 'X-Key-2: '"$HEADER_X_KEY_2_2" \\
  --header Expect: \\
  --header Content-Type: \\
  --data-raw @a \\
  https://api.example.com/data`);
  });
});
