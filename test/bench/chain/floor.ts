import { Agent, createServer, request } from 'node:http';
import pg from 'pg';
import { z } from 'zod';
import { freePort } from '../../support/free-port.ts';
import { answerOrders } from '../peer.ts';
import { ChainOrder, chainIds, POOL_SIZE, RECORD, runChains, STEPS, StartClock } from './load.ts';

/**
 * The minimum for a durable chain: a bare server that writes a record and an outbox row for each POST, and a driver
 * that posts the next step. No token, tenant, schema, router or lease. Server and driver share a process, as the
 * product's server and queue do.
 */

const Step = z.object({ chain: z.string(), step: z.number() });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: POOL_SIZE });
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** The simple implementation: four round trips without a fence. */
async function writeTransaction(chain: string, step: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({
      name: 'record',
      text: 'insert into floor_records (chain_id, step, body) values ($1, $2, $3)',
      values: [chain, step, RECORD],
    });
    await client.query({
      name: 'outbox',
      text: 'insert into floor_outbox (chain_id, step, payload) values ($1, $2, $3)',
      values: [chain, step + 1, JSON.stringify({ chain, step: step + 1 })],
    });
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** The minimum for a correct step: one round trip, fenced by the number of the step. */
async function writeStatement(chain: string, step: number): Promise<void> {
  const { rowCount } = await pool.query({
    name: 'fenced',
    text: `with advanced as (update floor_chains set step = $2 where id = $1 and step = $2 - 1 returning id),
        recorded as (insert into floor_records (chain_id, step, body) select id, $2, $3 from advanced
          on conflict do nothing returning chain_id)
      insert into floor_outbox (chain_id, step, payload) select chain_id, $2 + 1, $4 from recorded returning id`,
    values: [chain, step, RECORD, JSON.stringify({ chain, step: step + 1 })],
  });
  if (rowCount !== 1) throw new Error('A step was not written');
}

const WRITES: Record<string, (chain: string, step: number) => Promise<void>> = {
  '/transaction': writeTransaction,
  '/one-statement': writeStatement,
};

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', async () => {
    const { chain, step } = Step.parse(JSON.parse(Buffer.concat(chunks).toString()));
    await WRITES[incoming.url ?? '']?.(chain, step);
    response.setHeader('content-type', 'application/json');
    response.end('{"status":"done"}');
  });
});

function post(url: string, body: object): Promise<void> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}`))));
    });
    call.once('error', reject);
    call.end(text);
  });
}

const port = await freePort();
server.listen(port, '127.0.0.1', () => {
  answerOrders(ChainOrder, async ({ variant, seconds }) => {
    const ids = chainIds(seconds);
    await pool.query('truncate floor_chains, floor_records, floor_outbox');
    await pool.query('insert into floor_chains (id) select unnest($1::text[])', [ids]);
    // The driver posts the next step at once, so there is no wait between commit and start.
    return runChains(seconds, ids, new StartClock(), async (chain) => {
      for (let step = 1; step <= STEPS; step += 1) await post(`http://127.0.0.1:${port}/${variant}`, { chain, step });
    });
  });
});
