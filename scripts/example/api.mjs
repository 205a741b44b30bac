/** What came of a step is not what the reader was promised. */
export class Unexpected extends Error {
  name = 'Unexpected';
}

const ANSWER_LIMIT_MS = 60_000;

/** A GraphQL client: `(document, variables?, actor?) => data`. The actor is whom `X-Actor` names; a token says more. */
export function graphqlClient(url, { actor: usual, token, signal }) {
  return async (document, variables = {}, actor = usual) => {
    const who = { ...(actor && { 'x-actor': actor }), ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await post(url, { query: document, variables }, who, signal);
    if (answer.errors) throw new Unexpected(answer.errors.map(({ message }) => message).join('\n'));
    return answer.data;
  };
}

/** The payload of a mutation's only field; throws when it has user errors. */
export function accepted(data) {
  const [[mutation, payload]] = Object.entries(data);
  if (payload.userErrors.length > 0) throw new Unexpected(`${mutation} was refused:\n${refusals(payload).join('\n')}`);
  return payload;
}

/** User errors as lines to read. */
export function refusals({ userErrors }) {
  return userErrors.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`);
}

async function post(url, body, who, signal) {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  let response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...who },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (error instanceof Unexpected) throw error;
    throw new Unexpected(`${url} does not answer: ${error.cause?.message ?? error.message}`, { cause: error });
  }
  try {
    return await response.json();
  } catch (error) {
    throw new Unexpected(`${url} answered ${response.status}, but not in JSON: no GraphQL server?`, { cause: error });
  }
}
