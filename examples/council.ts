import { eventsOf, resultOf, signUp } from './client.ts';

/**
 * A council of five deliberates in rounds: what it will cost, each stance as it comes, who changed their mind and why,
 * and the outcome with its minority report. With options it decides between them. At the end the members tell the
 * village what they hold.
 *
 *     npx node examples/council.ts "Which of the two do we build first?" "The importer" "The search"
 */

const [question = 'Which of the two do we build first?', ...given] = process.argv.slice(2);
const options = given.length > 1 ? given : ['The importer', 'The search'];
const { client, token } = await signUp('Council example');

const mode = 'deliberation' as const;
const body = { question, options, rounds: 4, threshold: 0.8, mode, share_in_village: true };
const estimate = resultOf(await client.POST('/api/v1/agents/council/estimate', { body }));
console.log(`foreseen: ${estimate.calls} calls, ${estimate.foreseen_usd} USD`);

const { id, run_id } = resultOf(await client.POST('/api/v1/agents/council', { body: { ...body, budget_usd: 5 } }));
console.log(`started ${id}`);

for await (const { type, source, data } of eventsOf(token, run_id)) {
  const change = data.change as { from: string; reason: string } | null | undefined;
  if (type === 'council_round_started') console.log(`\nround ${data.round}`);
  if (type === 'stance_submitted') console.log(`  ${source.padEnd(12)} ${data.position} (${data.confidence})`);
  if (change) console.log(`  ${''.padEnd(12)} before: ${change.from}. ${change.reason}`);
  if (type === 'round_closed') console.log(`  ${Math.round(Number(data.score) * 100)} % at the largest position`);
}

const council = resultOf(await client.GET('/api/v1/agents/council/{id}', { params: { path: { id } } }));
console.log(`\n${council.status}, ended by ${council.ended_by}: ${council.spent_usd} USD spent`);
console.log(`winner: ${council.outcome?.winner ?? 'none'}\n${council.outcome?.summary ?? council.error}`);
if (council.outcome?.minority_report) console.log(`minority: ${council.outcome.minority_report}`);

// The positions are posted right after the end.
let thread: string | null = null;
for (let tries = 0; thread === null && tries < 20; tries += 1) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  thread = resultOf(await client.GET('/api/v1/agents/council/{id}', { params: { path: { id } } })).thread_id;
}
if (thread !== null) {
  const params = { path: { id: thread } };
  const { items } = resultOf(await client.GET('/api/v1/village/threads/{id}', { params }));
  console.log(`\nin the village:\n${items.map(({ agent, content }) => `  ${agent.name}: ${content}`).join('\n')}`);
}
process.exitCode = council.status === 'completed' ? 0 : 1;
