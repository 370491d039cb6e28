import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentBench, openAgents } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

it('lists the built-in types, then those of the tenant', async () => {
  const names = async (who = bench.person) =>
    (await bench.get('/agents/types', who)).body.items.map(({ name }: { name: string }) => name);
  const builtIn = ['analyst', 'coder', 'general', 'researcher', 'writer'];
  expect(await names()).toEqual(builtIn);
  for (const name of ['second', 'first'])
    await bench.post('/agents/types', { name, description: 'Own', instruction: 'Be.' });
  expect(await names()).toEqual([...builtIn, 'first', 'second']);
  expect(await names(await bench.server.signUp())).toEqual(builtIn);
});
