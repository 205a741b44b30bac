import { crc32 } from 'node:zlib';
import { apiTokenDigest, newApiToken, parseApiToken } from '../../src/access/api-token.ts';
import { INSTANCE } from '../../src/access/instance.ts';
import { tokenId } from '../../src/access/token-events.ts';
import { ApiTokens } from '../../src/identity/api-tokens.ts';
import { readersOf } from '../../src/project/project-access.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';
import { Node } from '../event-sourcing/ledger/node.ts';

const NOW = Date.parse('2026-11-28T00:00:00.000Z');
const DAY = 86_400_000;

/** Two nodes on one store: this one checks what the other one issues and revokes. */
async function world() {
  const store = new MemoryEventStore(undefined, { shared: true });
  const [here, other] = [new Node(store), new Node(store)];
  await other.createProject('crm');
  const clock = { now: NOW };
  const opened: string[] = [];
  const used: string[] = [];
  const tokens = new ApiTokens({
    ledgers: {
      view: (log) => {
        opened.push(log);
        return here.ledgers.view(log);
      },
      viewAtHead: (log) => here.ledgers.viewAtHead(log),
    },
    mayRead: async (project, principal) => {
      const image = await other.ledgers.viewAtHead(project);
      return image !== undefined && readersOf(image.view).includes(principal);
    },
    used: (log, id) => void used.push(`${log} ${id}`),
    now: () => clock.now,
  });
  const issue = async (project?: string, days = 90) => {
    const { id, text } = newApiToken(project);
    const newId = tokenId(project ?? INSTANCE, id);
    const answer = await other.execute(project ?? INSTANCE, {
      ...{ type: 'IssueToken', newId, name: 'ci', role: project === undefined ? null : 'EDITOR' },
      ...{ sha256: apiTokenDigest(text), expiresAt: new Date(NOW + days * DAY).toISOString() },
      terms: { now: new Date(NOW).toISOString(), mayNeverExpire: false },
    });
    expect(answer.kind).toBe('appended');
    return { id, text, newId };
  };
  const admitted = async (text: string) => {
    const admission = await tokens.check(text);
    if (!admission.ok) throw new Error(admission.reason);
    return admission.identity;
  };
  return { tokens, other, clock, opened, used, issue, admitted };
}

describe('an API token that a request brings', () => {
  test('lets in whom it was issued to, also when another node issued it a moment ago', async () => {
    const { issue, admitted, used } = await world();
    // From now on this node has both ledgers open.
    await admitted((await issue('crm')).text);
    await admitted((await issue()).text);
    const ofProject = await issue('crm');
    const ends = { expiresAt: new Date(NOW + 90 * DAY).toISOString(), endsAt: NOW + 90 * DAY };
    expect(await admitted(ofProject.text)).toEqual({
      actor: { kind: 'TOKEN', id: `token:${ofProject.id}`, name: 'ci', auth: 'token' },
      standing: { groups: [], isAdministrator: false, token: { id: ofProject.id, project: 'crm' } },
      ...ends,
    });
    const root = await issue();
    expect(await admitted(root.text)).toEqual({
      actor: { kind: 'TOKEN', id: `token:${root.id}`, name: 'ci', auth: 'token' },
      standing: { groups: [], isAdministrator: true, token: { id: root.id } },
      ...ends,
    });
    expect(used.slice(2)).toEqual([`crm ${ofProject.id}`, `${INSTANCE} ${root.id}`]);
  });

  test('is refused once it was revoked, and whom it let in does not hold', async () => {
    const { issue, admitted, tokens, other } = await world();
    for (const project of ['crm', undefined]) {
      const { text, newId } = await issue(project);
      const identity = await admitted(text);
      expect(await tokens.holds(identity)).toBe(true);
      await other.execute(project ?? INSTANCE, { type: 'RevokeToken', id: newId });
      // This node follows the log.
      while (await tokens.holds(identity)) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await tokens.check(text)).toEqual({ ok: false, reason: 'the API token was revoked' });
    }
  });

  test('is refused from the moment on at which it expires', async () => {
    const { issue, admitted, tokens, clock, used } = await world();
    const { text } = await issue('crm', 1);
    clock.now = NOW + DAY - 1;
    const identity = await admitted(text);
    expect(await tokens.holds(identity)).toBe(true);
    clock.now = NOW + DAY;
    expect(await tokens.check(text)).toEqual({ ok: false, reason: 'the API token expired' });
    expect(await tokens.holds(identity)).toBe(false);
    expect(used).toHaveLength(1);
  });

  test('opens no ledger when it was guessed, be there its project or not', async () => {
    const { issue, tokens, opened } = await world();
    const { text, id } = await issue('crm');
    for (const guess of [newApiToken('crm'), newApiToken('nobody')]) {
      const reason = 'there is no such API token, or it was revoked or expired';
      expect(await tokens.check(guess.text)).toEqual({ ok: false, reason });
    }
    for (const wrong of ['', 'x', `${text}x`, text.replace('crm', 'nobody'), text.slice(0, -1)]) {
      expect((await tokens.check(wrong)).ok).toBe(false);
    }
    expect(opened).toEqual([]);
    const none = { ok: false, reason: 'there is no such API token' };
    expect(await tokens.check(newApiToken().text)).toEqual(none);
    expect(await tokens.check(withAnotherSecret('crm', id))).toEqual(none);
  });
});

/** What somebody would send who knows a token's id, and how its checksum is made. */
function withAnotherSecret(project: string, id: string): string {
  const body = `plt_${project}_${id}${'0'.repeat(43)}`;
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let sum = '';
  for (let rest = crc32(body); rest > 0; rest = Math.floor(rest / 62)) sum = digits.charAt(rest % 62) + sum;
  const text = body + sum.padStart(6, '0');
  expect(parseApiToken(text)).toEqual({ ok: true, id, project });
  return text;
}
