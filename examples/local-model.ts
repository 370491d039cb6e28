import { resultOf, signUp } from './client.ts';

/**
 * A worker on a model of your own machine. The server is started with the address of anything that speaks OpenAI's API:
 *
 *     ollama pull qwen3:8b
 *     OPENAI_BASE_URL=http://localhost:11434/v1 npm start
 *     LOCAL_MODEL=qwen3:8b npx node examples/local-model.ts "Explain a lease with a fencing token in three sentences."
 *
 * A server of your own costs nothing, unless you say what it costs, such as for electricity: set INPUT_PRICE and
 * OUTPUT_PRICE, in US dollars per million tokens. Budgets count with these prices.
 */

const model = process.env.LOCAL_MODEL ?? 'qwen3:8b';
const query = process.argv[2] ?? 'Explain a lease with a fencing token in three sentences.';
const { client } = await signUp('Local model example');

// `default` holds for every worker that is not named. Other workers of the same tenant may use Gemini or Claude.
const price = {
  input_per_million: process.env.INPUT_PRICE ?? '0',
  output_per_million: process.env.OUTPUT_PRICE ?? '0',
};
resultOf(
  await client.PATCH('/api/v1/tenant', {
    body: { worker_config: { default: { provider: 'openai', model } }, prices: { [`openai/${model}`]: price } },
  }),
);

const { id } = resultOf(await client.POST('/api/v1/runs', { body: { query, agent_type: 'thinker' } }));
const params = { path: { id } };
let run = resultOf(await client.GET('/api/v1/runs/{id}', { params }));
while (run.status === 'queued' || run.status === 'running') {
  await new Promise((resolve) => setTimeout(resolve, 300));
  run = resultOf(await client.GET('/api/v1/runs/{id}', { params }));
}
console.log(run.result ?? run.error);
for (const line of run.costs)
  console.log(`${line.worker ?? 'memory'}: ${line.calls} × ${line.kind}, ${line.cost_usd} USD`);
console.log(`\n${run.status} by ${model}: ${run.tokens.total} tokens, ${run.cost_usd} USD`);
process.exitCode = run.status === 'completed' ? 0 : 1;
