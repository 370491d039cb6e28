import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localKey } from '../../../functions/platform/sign-in/local-key.ts';
import { invokerAudience, invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { timer } from '../../../functions/platform/timer.ts';
import { type Person, type Served, serveIdentity } from '../../identity/serve.ts';

let served: Served;
let person: Person;
let calls = 0;
const probe = (name: string) =>
  timer({ name, schedule: '* * * * *' }).handle(async () => {
    calls += 1;
    return { done: 1 };
  });

beforeAll(async () => {
  served = await serveIdentity([probe('identity-probe'), probe('identity-other')]);
  person = await served.register();
});
afterAll(() => served.close());

const PROBE = 'POST /internal/timers/identity-probe';
const now = () => Math.floor(Date.now() / 1000);

function sign(changes: Record<string, unknown> = {}): Promise<string> {
  return localKey('invoker-tokens').sign({
    iss: 'https://accounts.google.com',
    aud: invokerAudience('identity-probe'),
    sub: 'somebody',
    email: 'invoker@apexflow-local.invalid',
    email_verified: true,
    iat: now(),
    exp: now() + 60,
    ...changes,
  });
}

describe('an internal function', () => {
  test('200 for the queue, and the token is reused for several calls', async () => {
    const before = calls;
    const token = await invokerToken('identity-probe');
    expect((await served.call(PROBE, { token })).status).toBe(200);
    expect((await served.call(PROBE, { token })).status).toBe(200);
    expect(calls).toBe(before + 2);
    expect(await invokerToken('identity-probe')).toBe(token);
    expect(await invokerToken('identity-other')).not.toBe(token);
  });

  test('200 with the claims that the next cases change', async () => {
    expect((await served.call(PROBE, { token: await sign() })).status).toBe(200);
  });

  test.each<[string, () => Promise<string> | string | undefined]>([
    ['nobody', () => undefined],
    ['a person', () => person.token],
    ['the queue with a token for another function', () => invokerToken('identity-other')],
    ['another service account', () => sign({ email: 'other@project.iam.gserviceaccount.com' })],
    ['an address that is not verified', () => sign({ email_verified: false })],
    ['no address', () => sign({ email: undefined })],
    ['another issuer', () => sign({ iss: 'https://accounts.example.com' })],
    ['a token that has ended', () => sign({ exp: now() - 1 })],
    ['a token without an end', () => sign({ exp: undefined })],
    ['a token of the future', () => sign({ iat: now() + 400 })],
    ['the key of people’s tokens', async () => localKey('user-tokens').sign(decode(await sign()))],
  ])('401 for %s, and the handler does not run', async (_who, token) => {
    const before = calls;
    const answer = await served.call(PROBE, {
      token: await token(),
      headers: { 'x-cloudtasks-queuename': 'default', 'x-cloudtasks-taskname': 'forged', 'x-cloudscheduler': 'true' },
    });
    expect(answer.status).toBe(401);
    expect(calls).toBe(before);
  });

  test('writes a refused caller to the audit log', async () => {
    const { body } = await served.call(PROBE, { token: person.token });
    const events = await served.asOwner('select action from audit_log where request_id = $1', [body.request_id]);
    expect(events).toEqual([{ action: 'identity-probe' }]);
  });
});

function decode(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
