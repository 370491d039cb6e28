import { createInterface } from 'node:readline/promises';
import { type Client, resultOf, signUp } from './client.ts';

/**
 * A planned run that stops and asks. Questions of the planner or a worker, and approvals of pushes and deployments, are
 * answered in the terminal. The run waits for days if need be; this program may be stopped meanwhile.
 *
 *     npx node examples/planned-run.ts "Which of our two pricing ideas is better, and why?"
 *     GITHUB_TOKEN=… npx node examples/planned-run.ts "Add a licence to the repository" owner/name
 */

const [query = 'Which of our two pricing ideas is better, and why?', repository] = process.argv.slice(2);
const { client } = await signUp('Planned run example');

if (process.env.GITHUB_TOKEN) {
  // Kept encrypted and never shown again; no worker and no command sees it.
  const path = { secret: 'github_token' };
  resultOf(
    await client.PUT('/api/v1/tenant/secrets/{secret}', {
      params: { path },
      body: { value: process.env.GITHUB_TOKEN },
    }),
  );
}

const { id } = resultOf(
  await client.POST('/api/v1/runs', {
    body: { query, budget_usd: 1, ...(repository === undefined ? {} : { github_repo: repository }) },
  }),
);
console.log(`started ${id}`);

const terminal = createInterface({ input: process.stdin, terminal: false });
const lines = terminal[Symbol.asyncIterator]();

type Run = Awaited<ReturnType<typeof readRun>>;

async function readRun(from: Client) {
  return resultOf(await from.GET('/api/v1/runs/{id}', { params: { path: { id } } }));
}

/** Shows a question and sends the answer. An approval takes `approve`, or `reject: reason`. */
async function answer({ id: question_id, node_id, kind, text, details }: Run['questions'][number]): Promise<void> {
  console.log(`\n${kind} of ${node_id}: ${text}${details ? `\n${details}` : ''}`);
  const { value, done } = await lines.next();
  if (done) throw new Error('The run waits for an answer and there is no more input. Answer it later: POST …/input');
  resultOf(
    await client.POST('/api/v1/runs/{id}/input', { params: { path: { id } }, body: { question_id, response: value } }),
  );
}

let run = await readRun(client);
while (['queued', 'running', 'waiting_input'].includes(run.status)) {
  for (const question of run.questions) await answer(question);
  await new Promise((resolve) => setTimeout(resolve, 300));
  run = await readRun(client);
}
terminal.close();

for (const node of run.graph.nodes) console.log(`${node.status.padEnd(10)} ${node.id.padEnd(12)} ${node.cost_usd} USD`);
console.log(`\n${run.status}: ${run.cost_usd} USD\n${run.result ?? run.error}`);
process.exitCode = run.status === 'completed' ? 0 : 1;
