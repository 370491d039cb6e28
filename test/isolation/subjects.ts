import { createId } from '../../functions/platform/id.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner, ownerTransaction, statementOf } from '../support/owner.ts';
import type { Answer, TestServer } from '../support/server.ts';
import type { Known } from './fill.ts';
import { readTables } from './tables.ts';

/** A subject with rows in every table of memory, with their ids and names. */
export interface FilledSubject {
  token: string;
  /** The `user_id` of its requests; undefined for the signed-in user themselves. */
  userId: string | undefined;
  /** The id in the tables. */
  rowId: string;
  /** Part of every text of the subject. */
  marker: string;
  known: Known;
}

/** Calls a route for a subject: `user_id` goes into the body when there is one, else into the query. */
export function callFor(
  server: TestServer,
  { token, userId }: Pick<FilledSubject, 'token' | 'userId'>,
  request: { method: string; path: string; body?: Record<string, unknown> | undefined },
): Promise<Answer> {
  const { method, path, body } = request;
  if (userId === undefined) return server.call(method, path, { token, ...(body === undefined ? {} : { body }) });
  if (body !== undefined) return server.call(method, path, { token, body: { ...body, user_id: userId } });
  const mark = path.includes('?') ? '&' : '?';
  return server.call(method, `${path}${mark}user_id=${encodeURIComponent(userId)}`, { token });
}

/** Fills the memory of a subject, or of the user of the token, with rows in every table of memory. */
export async function fillSubject(
  server: TestServer,
  owner: { token: string; userId: string },
  userId: string | undefined,
  marker: string,
): Promise<FilledSubject> {
  const who = { token: owner.token, userId };
  const send = async (method: string, path: string, body?: Record<string, unknown>) => {
    const answer = await callFor(server, who, { method, path: `/api/v1${path}`, body });
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await send('POST', '/memory', { text: `The first ${marker} is blue` });
  const fact = await send('POST', '/memory', { text: `The second ${marker} is green` });
  if (fact.user_id !== (userId ?? owner.userId))
    throw new Error(`A fact of ${userId} is shown as one of ${fact.user_id}`);
  const [row] = await asOwner('select user_id from memories where id = $1', [fact.id]);
  const rowId = String(row?.user_id);
  let job = '';
  // The same names of sessions, consolidations and keys for all subjects.
  for (const session_id of ['earlier', 'latest']) {
    const turns = [marker, `${marker}b`].map((speaker) => ({
      speaker,
      text: `I know the ${marker} tower, ${session_id}.`,
    }));
    const told = await send('POST', '/memory/process-and-commit?wait=30', { session_id, turns });
    if (told.status !== 'committed') throw new Error(`The session ${session_id} is ${told.status}: ${told.error}`);
    job = told.id;
  }
  await send('POST', '/repos/setup', { repo_url: `${marker}/memory` });
  for (const [consolidation_id, tool] of [
    ['first', 'dedupe'],
    ['second', 'link'],
  ] as const)
    await send('POST', '/memory/consolidate?wait=30', { consolidation_id, tools: [tool] });
  const { items } = await send('GET', '/memory/consolidations');
  for (const key of ['one', 'two']) await send('PUT', `/memory/keys/${key}`, { value: marker });
  const others: string[] = [];
  for (const word of ['third', 'fourth', 'fifth'])
    others.push((await send('POST', '/memory', { text: `The ${word} ${marker} is grey` })).id);
  const [keep = '', discard = '', merged = ''] = others;
  await send('POST', '/memory/health/merge', { keep, discard: merged });
  const note = await send('POST', '/memory/notes', { agent: 'backend', summary: `${marker} began` });
  const staged = [createId('pref'), createId('pref')];
  const queue = staged.map((id) => ({
    id,
    hub: 'preferences',
    field: 'extras.wish',
    value: marker,
    text: `I prefer ${marker}.`,
    strength: 'medium',
    source_id: createId('run'),
    created_at: new Date().toISOString(),
  }));
  await asOwner(
    `insert into user_preferences as p (user_id, tenant_id, staging_queue) select id, tenant_id, $2 from users where id = $1
     on conflict (user_id) do update set staging_queue = excluded.staging_queue`,
    [rowId, JSON.stringify({ items: queue })],
  );
  const proposal = createId('prop');
  await asOwner(
    `update memories set trust = 'untrusted', source_kind = 'run' where user_id = $1 and text like 'The second%'`,
    [rowId],
  );
  await asOwner(
    `insert into memory_proposals (id, tenant_id, user_id, memory_id, wanted_scope, wanted_scope_id, proposed_by, reason)
     select $1, tenant_id, user_id, id, 'user', user_id, 'person', 'said twice' from memories where user_id = $2 and text like 'The second%'`,
    [proposal, rowId],
  );
  return {
    ...who,
    rowId,
    marker,
    known: {
      ids: {
        mem: fact.id,
        job,
        con: items[0].id,
        pref: staged[0] ?? '',
        prop: proposal,
        run: createId('run'),
        note: note.id,
        'mem.keep': keep,
        'mem.discard': discard,
        'mem.merged': merged,
        'mem.one': fact.id,
        'mem.other': keep,
      },
      names: {
        user_id: userId ?? owner.userId,
        entity: `memories/people/${marker}.md`,
        session_id: 'latest',
        source_id: 'latest',
        key: 'one',
        value: marker,
      },
    },
  };
}

/** Waits until no job, consolidation or sync of the tenant is open. */
export async function untilIdle(tenantId: string): Promise<void> {
  await waitFor('the work on the memory of a tenant', async () => {
    const [row] = await asOwner(
      `select exists (select from memory_jobs where tenant_id = $1 and status = 'queued')
        or exists (select from memory_jobs where tenant_id = $1 and status = 'staged' and commits)
        or exists (select from memory_consolidations where tenant_id = $1 and status = 'queued')
        or exists (select from memory_links where tenant_id = $1 and lease_until is not null) as is_busy`,
      [tenantId],
    );
    return row?.is_busy === false;
  });
}

let tablesRead: ReturnType<typeof readTables> | undefined;

/** Returns all rows of a user or subject by table, the vectors of its facts among them, in a fixed order. */
export async function dumpRowsOf(rowId: string): Promise<Record<string, string[]>> {
  tablesRead ??= readTables();
  const { ofTenants } = await tablesRead;
  const tables = ofTenants.filter(
    ({ name, columns }) => name !== 'audit_log' && columns.some((c) => c.name === 'user_id'),
  );
  const statements = [
    ...tables.map(({ name }) =>
      statementOf(`select to_jsonb(t)::text as line from ${name} t where user_id = $1 order by 1`, [rowId]),
    ),
    statementOf(
      'select v.memory_id || v.embedding::text as line from memory_vectors v join memories m on m.id = v.memory_id where m.user_id = $1 order by 1',
      [rowId],
    ),
  ];
  const rows = await ownerTransaction((transaction) => transaction.queryAll(statements));
  return Object.fromEntries(
    [...tables.map(({ name }) => name), 'memory_vectors'].map((name, index) => [
      name,
      (rows[index] ?? []).map(({ line }) => String(line)),
    ]),
  );
}
