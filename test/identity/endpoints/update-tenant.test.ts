import { afterAll, expect, test } from 'vitest';
import { findMemoryModel } from '../../../functions/identity/choose-model.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { DEFAULT_MODELS } from '../../../functions/platform/models/default-models.ts';
import { PROTECTED_FIELDS } from '../protected-fields.ts';
import { type Person, serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const admin = await served.register();
const [member, viewer] = [await served.registerMember(admin, 'member'), await served.registerMember(admin, 'viewer')];

const update = (token: string | undefined, body: unknown) => served.call('PATCH /api/v1/tenant', { token, body });
/** The stored settings. The default model is what follows from them. */
const tenantOf = async ({ token }: Person) => {
  const { default_model: _, ...stored } = (await served.call('GET /api/v1/tenant', { token })).body;
  return stored;
};

test('200: changes the given settings and keeps the others', async () => {
  const workers = {
    backend: { provider: 'claude', model: 'some-model' },
    frontend: { provider: 'gemini', model: 'other' },
  };
  const first = await update(admin.token, { worker_config: workers, budget_usd_per_day: 12.5 });
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ worker_config: workers, budget_usd_per_day: 12.5, max_concurrent_sprints: 3 });

  const second = await update(admin.token, { name: 'Engines', max_concurrent_sprints: 7 });
  expect(second.body).toMatchObject({
    name: 'Engines',
    max_concurrent_sprints: 7,
    worker_config: workers,
    budget_usd_per_day: 12.5,
  });
  const third = await update(admin.token, { budget_usd_per_day: null, worker_config: null });
  expect(third.body).toMatchObject({ name: 'Engines', budget_usd_per_day: null, worker_config: {} });
  expect(await tenantOf(member)).toEqual(third.body);
});

test('200: the name of a provider stands for its default model, beside a provider with a model', async () => {
  const chosen = { provider: 'openai', model: 'chosen' };
  const answer = await update(admin.token, {
    worker_config: { backend: 'qwen', frontend: 'claude', devops: 'gemini', planner: 'openai', chef: chosen },
  });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      worker_config: {
        backend: { provider: 'qwen', model: DEFAULT_MODELS.qwen.model },
        frontend: { provider: 'claude', model: DEFAULT_MODELS.claude.model },
        devops: { provider: 'gemini', model: DEFAULT_MODELS.gemini.model },
        planner: { provider: 'openai', model: DEFAULT_MODELS.openai.model },
        chef: chosen,
      },
    },
  });
  expect((await tenantOf(member)).worker_config).toEqual(answer.body.worker_config);
  await update(admin.token, { worker_config: null });
});

test.each([
  ['an unknown name', { backend: 'skynet' }, 'body.worker_config.backend: must be {provider, model}, or one of gemini'],
  ['a number', { backend: 7 }, 'body.worker_config.backend: must be {provider, model}, or one of gemini'],
  ['an object without a model', { backend: { provider: 'qwen' } }, 'body.worker_config.backend.model: is missing'],
  [
    'a name that no worker has',
    { coder: 'qwen', nosuch: 'qwen' },
    'nosuch: Invalid key: must be one of default, memory,',
  ],
  ['markup', { '<b>': 'qwen' }, 'Invalid key: must be one of default, memory, planner, chef, backend'],
])('422: says what was expected instead of %s', async (_what, worker_config, detail) => {
  const answer = await update(admin.token, { worker_config });
  expect(answer.status).toBe(422);
  expect(answer.body.detail).toContain(detail);
});

test("200: the name of DEFAULT_MODEL's provider stands for that model", async () => {
  environment.DEFAULT_MODEL = 'openai/qwen3:8b';
  try {
    const answer = await update(admin.token, { worker_config: { coder: 'openai', backend: 'claude' } });
    expect(answer.body.worker_config).toEqual({
      coder: { provider: 'openai', model: 'qwen3:8b' },
      backend: { provider: 'claude', model: DEFAULT_MODELS.claude.model },
    });
  } finally {
    environment.DEFAULT_MODEL = undefined;
    await update(admin.token, { worker_config: null });
  }
});

test('200: merges worker_config and prices by key; null removes an entry, null for the whole removes all', async () => {
  const [chosen, other] = ['chosen', 'other'].map((model) => ({ provider: 'openai', model }));
  const price = { input_per_million: '0.05', output_per_million: '0.2' };
  const known = { ...chosen, capabilities: { context_window: 8_192 } };
  await update(admin.token, { worker_config: { default: known, backend: chosen }, prices: { 'openai/chosen': price } });

  const added = await update(admin.token, { worker_config: { coder: other }, prices: { 'openai/other': price } });
  expect(added.body).toMatchObject({
    worker_config: { default: known, backend: chosen, coder: other },
    prices: { 'openai/chosen': price, 'openai/other': price },
  });
  // An entry is replaced as a whole: the capabilities were those of the model before.
  const changed = await update(admin.token, {
    worker_config: { default: other, backend: null, planner: null },
    prices: { 'openai/chosen': null },
  });
  expect(changed.body.worker_config).toEqual({ default: other, coder: other });
  expect(changed.body.prices).toEqual({ 'openai/other': price });

  const untouched = await update(admin.token, { worker_config: {}, prices: {} });
  expect(untouched.body).toEqual(changed.body);
  const emptied = await update(admin.token, { worker_config: null, prices: null });
  expect(emptied.body).toMatchObject({ worker_config: {}, prices: {} });
});

test('422: a merge may not bring more than 100 prices, and changes nothing then', async () => {
  const price = { input_per_million: '1', output_per_million: '1' };
  const named = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`openai/m${from + index}`, price]));
  expect((await update(admin.token, { prices: named(0, 100) })).status).toBe(200);
  const answer = await update(admin.token, { prices: named(99, 101) });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'body.prices' }] } });
  expect(Object.keys((await tenantOf(admin)).prices)).toHaveLength(100);
  await update(admin.token, { prices: null });
});

test('200: keeps what the tenant knows about a model', async () => {
  const capabilities = { context_window: 32_768, max_output_tokens: 4_096, temperature: false };
  const worker_config = { default: { provider: 'openai', model: 'hf.co/owner/Qwen3:Q4_K_M', capabilities } };
  expect(await update(admin.token, { worker_config })).toMatchObject({ status: 200, body: { worker_config } });
  await update(admin.token, { worker_config: null });
});

test('200: the model of memory follows worker_config', async () => {
  const database = (await openDatabase()).as({ kind: 'tenant', tenantId: admin.user.tenant_id });
  const choice = { provider: 'claude', model: 'one-for-memory' };
  await update(admin.token, { worker_config: { memory: choice } });
  expect(await findMemoryModel(database)).toEqual(choice);
  await update(admin.token, { worker_config: null });
  expect(await findMemoryModel(database)).toEqual({ provider: 'rehearsal', model: 'script' });
});

test('200: changes no other tenant', async () => {
  const stranger = await served.register();
  const before = await tenantOf(stranger);
  await update(admin.token, { name: 'Only ours' });
  expect(await tenantOf(stranger)).toEqual(before);
});

test('401: rejects a call without a token', async () => {
  expect((await update(undefined, { name: 'x' })).status).toBe(401);
});

test('403: rejects a member and a viewer, changes nothing and writes to the audit log', async () => {
  const before = await tenantOf(admin);
  for (const { token } of [member, viewer]) {
    const answer = await update(token, { name: 'Mine now' });
    expect(answer.status).toBe(403);
    const events = await served.asOwner('select action from audit_log where request_id = $1', [answer.body.request_id]);
    expect(events).toEqual([{ action: 'identity-update-tenant' }]);
  }
  expect(await tenantOf(admin)).toEqual(before);
});

test.each<[string, Record<string, unknown>]>([
  ['an empty change', {}],
  ['an unknown provider', { worker_config: { backend: { provider: 'skynet', model: 'm' } } }],
  ['a worker without a model', { worker_config: { backend: { provider: 'claude' } } }],
  ['an unknown field of a choice', { worker_config: { backend: { provider: 'claude', model: 'm', api_key: 'x' } } }],
  ['an unknown capability', { worker_config: { backend: { provider: 'openai', model: 'm', capabilities: { x: 1 } } } }],
  [
    'a window of text',
    { worker_config: { backend: { provider: 'openai', model: 'm', capabilities: { context_window: '8k' } } } },
  ],
  ['a model with a path upwards', { worker_config: { backend: { provider: 'gemini', model: '../tunedModels/x' } } }],
  ['a model with a query', { worker_config: { backend: { provider: 'gemini', model: 'm?key=1#' } } }],
  ['zero sprints', { max_concurrent_sprints: 0 }],
  ['half a sprint', { max_concurrent_sprints: 1.5 }],
  ['a negative budget', { budget_usd_per_day: -1 }],
  ['an empty name', { name: ' ' }],
  ...PROTECTED_FIELDS.map((field): [string, Record<string, unknown>] => [
    `the field ${field}`,
    { name: 'x', [field]: 'x' },
  ]),
])('422: rejects %s', async (_what, body) => {
  expect((await update(admin.token, body)).status).toBe(422);
});

test('412: changes nothing when somebody else has changed the settings since; an ETag of now, * and none write', async () => {
  const { token } = await served.register();
  const read = () => served.call('GET /api/v1/tenant', { token });
  const write = (body: unknown, tag?: string) =>
    served.call('PATCH /api/v1/tenant', { token, body, headers: tag === undefined ? {} : { 'if-match': tag } });
  const before = await read();
  const tag = before.headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
  expect((await read()).headers.get('etag')).toBe(tag);

  const other = await write({ budget_usd_per_day: 5 }, tag);
  expect(other.status).toBe(200);
  const next = other.headers.get('etag') ?? '';
  expect(next).not.toBe(tag);
  expect((await read()).headers.get('etag')).toBe(next);

  const late = await write({ budget_usd_per_day: 7, name: 'Late' }, tag);
  expect(late).toMatchObject({
    status: 412,
    body: { type: 'urn:apexflow:problem:precondition-failed', detail: expect.stringContaining('Read them again') },
  });
  expect((await write({ name: 'Late' }, `W/${next}`)).status).toBe(412);
  expect((await read()).body).toMatchObject({ budget_usd_per_day: 5, name: before.body.name });
  expect((await write({ name: 'Late' }, 'late')).status).toBe(422);

  expect((await write({ name: 'One' }, `"other", ${next}`)).status).toBe(200);
  expect((await write({ name: 'Two' }, '*')).status).toBe(200);
  expect((await write({ name: 'Three' })).status).toBe(200);
  expect((await read()).body).toMatchObject({ budget_usd_per_day: 5, name: 'Three' });
});

test('412: of ten changes at once with the same ETag exactly one is made', async () => {
  const { token } = await served.register();
  const tag = (await served.call('GET /api/v1/tenant', { token })).headers.get('etag') ?? '';
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      served.call('PATCH /api/v1/tenant', { token, body: { name: `Name ${at}` }, headers: { 'if-match': tag } }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 412)]);
  const [made] = answers.filter(({ status }) => status === 200);
  expect((await served.call('GET /api/v1/tenant', { token })).body.name).toBe(made?.body.name);
});
