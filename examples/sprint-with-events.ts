import { writeFileSync } from 'node:fs';
import { eventsOf, resultOf, signUp } from './client.ts';

/**
 * A sprint with the typed client, followed live.
 *
 *     npx node examples/sprint-with-events.ts "Build a counter"
 */

const task = process.argv[2] ?? 'Build a counter: a page with a button, and a small API';
const { client, token } = await signUp('Sprint example');

const sprint = resultOf(
  await client.POST('/api/v1/sprints', {
    body: { task, budget_usd: 2 },
    // A repeated POST with the same key answers the same sprint.
    headers: { 'idempotency-key': crypto.randomUUID() },
  }),
);
console.log(`${sprint.id} is ${sprint.status}`);

for await (const { type, source, message } of eventsOf(token, sprint.id)) {
  console.log(`${type.padEnd(16)} ${source.padEnd(10)} ${message.split('\n')[0]?.slice(0, 100)}`);
}

const ended = resultOf(await client.GET('/api/v1/sprints/{id}', { params: { path: { id: sprint.id } } }));
console.log(
  `\n${ended.status}: ${ended.tokens.total} tokens, ${ended.cost_usd} USD${ended.scripted ? ' (scripted)' : ''}`,
);

const files = resultOf(await client.GET('/api/v1/sprints/{id}/files', { params: { path: { id: sprint.id } } }));
for (const { path, size } of files.items) console.log(`${String(size).padStart(8)}  ${path}`);

const zip = resultOf(
  await client.POST('/api/v1/sprints/{id}/download', {
    params: { path: { id: sprint.id } },
    parseAs: 'arrayBuffer',
  }),
);
writeFileSync(`${sprint.id}.zip`, new Uint8Array(zip as ArrayBuffer));
console.log(`wrote ${sprint.id}.zip`);
process.exitCode = ended.status === 'completed' ? 0 : 1;
