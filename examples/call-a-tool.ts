import { resultOf, signUp } from './client.ts';

/**
 * Calls tools without a model. Each call is a run: it has a log, a budget and a policy, and a tool that needs an
 * approval waits for it (`status: waiting_input`).
 *
 *     npx node examples/call-a-tool.ts
 */

const { client } = await signUp('Tool example');

const { items } = resultOf(await client.GET('/api/v1/tools', { params: { query: { limit: 200 } } }));
const families = new Map<string, string[]>();
for (const { family, name, executable } of items)
  if (executable) families.set(family, [...(families.get(family) ?? []), name]);
for (const [family, names] of families) console.log(`${family.padEnd(12)} ${names.join(', ')}`);

/** Calls a tool. The same key again returns the same call and runs nothing, whatever happened to the first answer. */
async function callTool(name: string, parameters: Record<string, unknown>, key = crypto.randomUUID()) {
  const params = { query: { wait: 30 }, header: { 'Idempotency-Key': key } };
  const call = resultOf(await client.POST('/api/v1/tools/execute', { params, body: { name, arguments: parameters } }));
  console.log(`\n${name} ${call.is_error ? 'failed' : call.status} (${call.run_id})\n${call.output ?? ''}`);
  return call;
}

await callTool('add_to_date', { date: '2026-01-31', amount: 1, unit: 'months' });
await callTool('convert_units', { value: 26.2, from: 'miles', to: 'km' });
await callTool('query_json', {
  json: JSON.stringify({
    orders: [
      { who: 'Ada', total: 20.5 },
      { who: 'Bob', total: 3 },
      { who: 'Ada', total: 4 },
    ],
  }),
  expression: 'orders{who: $sum(total)}',
});

const key = crypto.randomUUID();
const first = await callTool('create_uuid', {}, key);
const second = await callTool('create_uuid', {}, key);
if (first.output !== second.output) throw new Error('A repeated call must be the same call');
