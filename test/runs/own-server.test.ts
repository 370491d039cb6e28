import { afterAll, beforeAll, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { toDollars, unitsOf } from '../../functions/platform/models/dollars.ts';
import type { LogLine } from '../../functions/runs/events/event.ts';
import { startScriptedOpenAI } from '../support/scripted-openai.ts';
import type { ScriptedServer, ScriptedTurn } from '../support/scripted-provider.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { waitFor } from './bench.ts';

/** What runs cost on a server of the deployment, and at a provider whose price is unknown. */

const MODEL = 'qwen3-coder:30b';
/** What is learned after a run is asked without tools. */
const NO_FACTS = { text: '{"facts":[]}' };
let openai: ScriptedServer;
let server: TestServer;
let answer: ScriptedTurn = {};
beforeAll(async () => {
  openai = await startScriptedOpenAI({ answer: ({ tools }) => (tools.length > 0 ? answer : NO_FACTS) });
  environment.OPENAI_BASE_URL = openai.url;
  server = await startServer();
});
afterAll(async () => {
  await server.close();
  await openai.close();
});

async function signUp(prices = {}): Promise<Person> {
  const person = await server.signUp();
  const body = { worker_config: { default: { provider: 'openai', model: MODEL } }, prices };
  const changed = await server.call('PATCH', '/api/v1/tenant', { token: person.token, body });
  expect(changed).toMatchObject({ status: 200, body: { prices } });
  return person;
}

/** Runs one worker with one answer of the model. */
async function play(turn: ScriptedTurn, { token }: Person, budget?: number) {
  answer = turn;
  const body = { query: 'Count.', agent_type: 'thinker', ...(budget === undefined ? {} : { budget_usd: budget }) };
  const { id } = (await server.call('POST', '/api/v1/runs', { token, body })).body;
  const read = async () => (await server.call('GET', `/api/v1/runs/${id}`, { token })).body;
  const run = await waitFor('the run to end', async () => {
    const found = await read();
    return found.completed_at !== null && found;
  });
  const logs = await server.call('GET', `/api/v1/sprints/${id}/logs?limit=200`, { token });
  const events: LogLine[] = logs.body.items ?? [];
  return { run, events, line: run.costs.find(({ kind }: { kind: string }) => kind === 'turn') };
}

test('a model without a price is free and no budget keeps it from answering', async () => {
  const { run, line } = await play({ text: 'One.' }, await signUp(), 0.000001);
  expect(run).toMatchObject({ status: 'completed', cost_usd: '0' });
  expect(line).toMatchObject({ price: 'free', cost_usd: '0', estimated_calls: 0 });
  expect(line.worker).toBe(run.graph.nodes[0].id);
});

test('a model costs what the tenant configured, to the last decimal', async () => {
  const person = await signUp({
    [`openai/${MODEL}`]: { input_per_million: '0.0001', output_per_million: '0.25' },
  });
  const { run, line } = await play({ text: 'One.', usage: { input: 1003, output: 7 } }, person, 1);
  expect(line).toMatchObject({ price: 'configured', cost_usd: '0.0000018503', tokens: { input: 1003, output: 7 } });
  const sum = run.costs.reduce((all: bigint, one: { cost_usd: string }) => all + unitsOf(one.cost_usd), 0n);
  expect(toDollars(sum)).toBe(run.cost_usd);
});

test('what the server does not count is estimated and marked in the run, its events and the usage', async () => {
  const person = await signUp();
  const { events, line } = await play({ text: 'word '.repeat(400), withoutUsage: true }, person);
  expect(line.estimated_calls).toBe(1);
  expect(line.tokens.output).toBeGreaterThan(300);
  const turn = events.find(({ type }) => type === 'turn_completed');
  expect(turn?.data).toMatchObject({ estimated: true, price: 'free', output_tokens: line.tokens.output });
  const usage = await server.call('GET', '/api/v1/user/usage', { token: person.token });
  expect(usage.body.items).toContainEqual(expect.objectContaining({ kind: 'turn', calls: 1, estimated_calls: 1 }));
});

test('at a server that charges, an unknown price has an upper bound, and the run says so', async () => {
  const person = await signUp();
  environment.OPENAI_BASE_URL = 'https://api.openai.com/v1';
  const { events, line } = await play({ text: 'One.', usage: { input: 1_000_000, output: 0 } }, person).finally(() => {
    environment.OPENAI_BASE_URL = openai.url;
  });
  expect(line).toMatchObject({ price: 'upper_bound' });
  expect(events.find(({ type }) => type === 'price_unknown')).toMatchObject({
    level: 'warning',
    message: expect.stringContaining(
      `The price of openai/${MODEL} is unknown: upper bound used, 25 US dollars per million input tokens and 75 per million`,
    ),
  });
});
