// The Markdown of docs/proxies.md's tables, from what was seen.

/** One row for all that answer the same. */
export function caseTables(cases, seen) {
  return cases
    .map(({ title }) => {
      const rows = new Map();
      for (const { name, results } of seen) {
        const result = results.find((each) => each.title === title);
        if (!result) continue;
        const key = JSON.stringify([result.answer, result.marks, result.verdict]);
        rows.set(key, { ...result, names: [...(rows.get(key)?.names ?? []), name] });
      }
      const body = [...rows.values()].map(({ names, answer, marks, verdict }) => [
        names.join(', '),
        ...(answer === '' ? [] : [code(answer), marks.map(code).join(' ')]),
        failureText(verdict),
        adviceOn(verdict),
      ]);
      const hasAnswers = [...rows.values()].some(({ answer }) => answer !== '');
      const head = ['proxy', ...(hasAnswers ? ['answer', 'marks'] : []), 'the test reports', 'what to do'];
      return body.length === 0 ? '' : `## ${title}\n\n${table(head, body)}\n`;
    })
    .filter((section) => section !== '')
    .join('\n');
}

export function versionTable(seen) {
  return table(
    ['proxy', 'version', 'from'],
    seen.map(({ name, version, from }) => [name, version, from]),
  );
}

const ADVICE = {
  NOT_A_PROXY: 'check host and port; if it is a proxy, the name',
  PROXY_AUTH_REJECTED: 'check user and password',
  PROXY_AUTH_REQUIRED: 'choose auth type BASIC',
  PROXY_BAD_RESPONSE: 'check host, port and type',
  PROXY_CERTIFICATE_HOST_MISMATCH: 'it speaks TLS as well, with a certificate of its own: choose type HTTP',
  PROXY_CERTIFICATE_UNTRUSTED: 'it speaks TLS as well, with a certificate of its own: choose type HTTP',
  PROXY_CLOSED: "check the type; the proxy's log tells whether it refused or did not reach the target",
  PROXY_DENIED: 'have the proxy allow the host or port',
  PROXY_NOT_TLS: 'choose type HTTP',
  PROXY_NO_ANSWER: "look into the proxy's log",
  PROXY_REDIRECT: 'look at where it leads: mostly a page that tells why',
  PROXY_TLS_CLOSED: 'choose type HTTP',
  PROXY_TLS_TIMED_OUT: 'choose type HTTP',
  TARGET_BAD_RESPONSE: "look into the target's and the proxy's log",
  TARGET_CERTIFICATE_HOST_MISMATCH: 'use a name that the certificate has; the proxy intercepts TLS',
  TARGET_CERTIFICATE_SELF_SIGNED: 'the proxy intercepts TLS; have it use an authority that can be trusted',
  TARGET_CERTIFICATE_UNTRUSTED: "trust the proxy's authority, if it is to intercept",
  TARGET_CLOSED: "look into the proxy's log, then the target's",
  TARGET_CONNECT_TIMED_OUT: 'check the firewalls between proxy and target',
  TARGET_NAME_NOT_FOUND: "check the target's name, then the proxy's name server",
  TARGET_NO_ANSWER: 'ask the target without the proxy',
  TARGET_NOT_TLS: "check the target's port, or look into the proxy's log",
  TARGET_REFUSED: "check the target's port, and that it runs",
  TARGET_TLS_CLOSED: "check the target's port, then the proxy's rules and log",
  TARGET_TLS_TIMED_OUT: "check the target's port",
  TARGET_UNREACHABLE: "check the target's name and port, then the proxy's routes",
};

function adviceOn(verdict) {
  if (verdict.endsWith('with a warning')) return "read the warning: the status may be the proxy's own";
  if (verdict.startsWith('success'))
    return /success [45]/.test(verdict) ? "the status may be the target's or the proxy's" : '';
  return ADVICE[verdict] ?? '';
}

function failureText(verdict) {
  return verdict.startsWith('success') ? verdict : code(verdict);
}

function code(text) {
  return `\`${text.replace(/[`|]/g, ' ')}\``;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
