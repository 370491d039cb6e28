import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import { featureHashingEmbedder } from '../../../functions/platform/models/embedding/feature-hashing.ts';
import { freePort } from '../../support/free-port.ts';
import { type BenchDatabase, productEnvironment } from '../database.ts';
import { quantile, rounded } from '../figures.ts';
import { startPeer, startServer } from '../peer.ts';
import { AGENTS, makeStatements, STATEMENTS } from './statements.ts';

/**
 * Measures convergence over 10,000 statements of 20 agents: what it takes to link one, which share of all pairs is
 * stored, and how long the endpoint takes. Each answer is measured directly after reading the statements by their
 * index, so other programs of the machine affect both.
 */

export const RECALL_AIM = 0.95;
const WARM_UP = 3;
const ANSWERS = 40;

/** Statements that are linked for one order: a peer must answer in time. */
const PART = 500;
const Linked = z.object({ ms: z.number() });
const Recall = z.object({ stored: z.int(), exact: z.int(), found: z.int() });
const Counts = z.object({ counts: z.object({ agreements: z.int(), tensions: z.int(), statements: z.int() }) });

export type ConvergenceResult = Awaited<ReturnType<typeof measureConvergence>>;

export async function measureConvergence(database: BenchDatabase, home: string) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    [fileURLToPath(new URL('../../../scripts/run-local.ts', import.meta.url))],
    {
      ...productEnvironment(database, home),
      ...{ LISTEN_ADDRESS: '127.0.0.1', PORT: String(port), CONSOLE: 'off', RATE_LIMIT_PER_MINUTE: '100000' },
    },
    `${url}/health`,
  );
  try {
    const token = await signUp(url);
    const tenantId = await addStatements(client);
    const { linkMs, ...linked } = await linkAll(database, home, tenantId);
    await client.query('vacuum analyze village_knowledge, village_pairs, village_vectors');
    const [rows, answers]: [number[], number[]] = [[], []];
    let counts = {};
    for (let at = 0; at < WARM_UP + ANSWERS; at += 1) {
      const read = await timeOf(() => client.query(BY_INDEX, [tenantId]));
      const answered = await timeOf(async () => {
        const response = await fetch(`${url}/api/v1/village/convergence`, {
          headers: { authorization: `Bearer ${token}` },
        });
        ({ counts } = Counts.parse(await response.json()));
      });
      if (at < WARM_UP) continue;
      rows.push(read);
      answers.push(answered);
    }
    return {
      statements: STATEMENTS,
      agents: AGENTS,
      ...{ stored: linked.stored, exact: linked.exact, counts },
      link_ms: rounded(linkMs / STATEMENTS, 1),
      recall: rounded(linked.found / linked.exact, 3),
      recall_aim: RECALL_AIM,
      rows_p95_ms: rounded(quantile(rows, 0.95), 1),
      endpoint_p50_ms: rounded(quantile(answers, 0.5), 1),
      endpoint_p95_ms: rounded(quantile(answers, 0.95), 1),
      ratio: rounded(quantile(answers, 0.95) / quantile(rows, 0.95), 2),
    };
  } finally {
    await server.stop();
    await client.end();
  }
}

/** Links all statements in a process of its own, and measures which share of all pairs is stored. */
async function linkAll(database: BenchDatabase, home: string, tenantId: string) {
  const peer = await startPeer(new URL('link-all.ts', import.meta.url), productEnvironment(database, home));
  try {
    const order = { tenantId, count: STATEMENTS };
    let linkMs = 0;
    for (let from = 0; from < STATEMENTS; from += PART)
      linkMs += (await peer.measure({ ...order, link: { from, to: from + PART } }, Linked)).ms;
    return { linkMs, ...(await peer.measure(order, Recall)) };
  } finally {
    await peer.stop();
  }
}

const BY_INDEX = `select id, agent_id, content, realm, category, thread_id, created_at from village_knowledge
  where tenant_id = $1 order by created_at desc, id desc limit ${STATEMENTS}`;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const EMAIL = 'village@example.com';

async function signUp(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL, password: 'correct-horse-battery', display_name: 'Village' }),
  });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

/** Inserts the statements with their vectors, not linked yet, and returns the tenant. */
async function addStatements(client: pg.Client): Promise<string> {
  const statements = makeStatements(STATEMENTS);
  const texts = statements.map(({ content }) => content);
  const { vectors } = await featureHashingEmbedder.embed(texts, 'document', new AbortController().signal);
  const { rows } = await client.query<{ id: string; tenant_id: string }>(
    'select id, tenant_id from users where email = $1',
    [EMAIL],
  );
  const owner = rows[0];
  if (owner === undefined) throw new Error('The user of the benchmark was not found');
  const agentOf = (number: number) => `villager_${String(number).padStart(26, '0')}`;
  await client.query(
    `insert into village_agents (id, tenant_id, user_id, name, is_public)
      select id, $1, $2, 'Agent ' || id, true from unnest($3::text[]) id`,
    [owner.tenant_id, owner.id, Array.from({ length: AGENTS }, (_, number) => agentOf(number))],
  );
  await client.query(
    `insert into village_knowledge (id, tenant_id, user_id, agent_id, content, embedder, created_at)
      select id, $1, $2, agent, content, $6, now() - make_interval(secs => (10000 - number)::float8)
      from unnest($3::text[], $4::text[], $5::text[]) with ordinality as s (id, agent, content, number)`,
    [
      ...[owner.tenant_id, owner.id, statements.map(({ id }) => id)],
      ...[statements.map(({ agent }) => agentOf(agent)), texts, featureHashingEmbedder.name],
    ],
  );
  for (let start = 0; start < statements.length; start += 500) {
    const part = statements.slice(start, start + 500);
    await client.query(
      `insert into village_vectors (tenant_id, statement_id, embedding)
        select $1, id, embedding::vector from unnest($2::text[], $3::text[]) as v (id, embedding)`,
      [owner.tenant_id, part.map(({ id }) => id), part.map((_, at) => `[${vectors[start + at]?.join(',')}]`)],
    );
  }
  await client.query('analyze village_knowledge, village_vectors');
  return owner.tenant_id;
}
