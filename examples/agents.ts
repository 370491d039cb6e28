import { eventsOf, resultOf, signUp } from './client.ts';

/**
 * An agent that works by itself and spawns others. It is spawned, followed to its end, and asked for its result.
 *
 *     npx node examples/agents.ts "Compare two ways to store energy"
 */

const { client, token } = await signUp('Agents example');
const task = process.argv[2] ?? 'Compare two ways to store energy';

const root = resultOf(await client.POST('/api/v1/agents/spawn', { body: { task, budget_usd: 1 } }));
console.log(`spawned ${root.id}`);

// The tree is one run, so its events tell of all agents.
for await (const { type, source, message } of eventsOf(token, root.run_id)) {
  if (type.startsWith('node_')) console.log(`${source.padEnd(12)} ${message}`);
}

const params = { path: { id: root.id } };
const { tree, spent_usd: spent } = resultOf(await client.GET('/api/v1/agents/{id}/status', { params }));
for (const { depth, agent_type: type, status, cost_usd: cost, turns } of tree)
  console.log(`${`${'  '.repeat(depth)}${type}`.padEnd(16)} ${status} ${cost} USD, ${turns} turns`);
console.log(`together ${spent} USD`);

const { result, error } = resultOf(await client.GET('/api/v1/agents/{id}/result', { params }));
console.log(result ?? error);
