import { randomBytes } from 'node:crypto';
import type { Role } from '../../functions/platform/database/database.ts';
import { environment } from '../../functions/platform/environment.ts';
import { createId } from '../../functions/platform/id.ts';
import { SCOPES } from '../../functions/platform/sign-in/access.ts';
import { localKey } from '../../functions/platform/sign-in/local-key.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import type { Known } from './fill.ts';
import { dumpTenant, fillTables, readTables, type Table } from './tables.ts';

/** A user whose tenant has rows in every table, with the ids and names of these rows. */
export interface Inhabitant extends Person {
  /** Part of every text of this tenant. */
  marker: string;
  /** An API key with every scope. */
  apiKey: string;
  known: Known;
}

export interface World {
  server: TestServer;
  tables: Table[];
  alice: Inhabitant;
  bob: Inhabitant;
  /** Returns all rows of a tenant by table. */
  dump(tenant: Person): Promise<Record<string, string[]>>;
  close(): Promise<void>;
}

/** Serves the whole product and creates two tenants. Each has runs of the rehearsal's team, facts, keys and more. */
export async function openWorld(): Promise<World> {
  // The tests send more requests than the limit for users allows.
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  // No server listens there, so a sync of a linked memory fails at once.
  environment.GIT_HOSTS = ['localhost:9'];
  const server = await startServer();
  const { ofTenants: tables } = await readTables();
  const [alice, bob] = await Promise.all([createInhabitant(server, tables), createInhabitant(server, tables)]);
  return { server, tables, alice, bob, dump: ({ tenantId }) => dumpTenant(tables, tenantId), close: server.close };
}

/** Creates another user of a tenant, with a token. */
export async function addMember(tenantId: string, role: Role): Promise<{ userId: string; token: string }> {
  const userId = createId('usr');
  await asOwner(
    `insert into users (id, tenant_id, auth_subject, email, display_name, role) values ($1, $2, $1, $3, 'Member', $4)`,
    [userId, tenantId, `${userId}@example.com`, role],
  );
  return { userId, token: await tokenOf(userId) };
}

function tokenOf(subject: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return localKey('user-tokens').sign({
    iss: 'urn:apexflow:local-issuer',
    aud: 'apexflow-local',
    sub: subject,
    email: `${subject}@example.com`,
    auth_time: now,
    iat: now,
    exp: now + 3600,
    firebase: { sign_in_provider: 'password' },
  });
}

/**
 * Waits until all real runs of a tenant and their background work have ended. Generated rows never end. The alarm of a
 * node that was woken before its time stays in the outbox and is no work.
 */
export async function untilQuiet(tenantId: string): Promise<void> {
  await waitFor('the runs and what follows from them', async () => {
    const [row] = await asOwner(
      `with real as (select id, status from sessions where tenant_id = $1 and id like 'run\\_%')
      select exists (select from outbox o, real where o.tenant_id = $1 and o.payload ->> 'run_id' = real.id
          and (o.not_before is null or o.not_before <= now()))
        or exists (select from memory_sessions m join real on real.id = m.id where m.status = 'pending')
        or exists (select from real where status in ('queued', 'running')) as is_busy`,
      [tenantId],
    );
    return row?.is_busy === false;
  });
}

async function createInhabitant(server: TestServer, tables: Table[]): Promise<Inhabitant> {
  const marker = `marker${randomBytes(8).toString('hex')}`;
  const person = await server.signUp(`${marker} person`);
  const post = async (path: string, body: unknown) => {
    const answer = await server.call('POST', path, { token: person.token, body });
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await server.call('PATCH', '/api/v1/tenant', { token: person.token, body: { name: `${marker} tenant` } });
  const sprint = await post('/api/v1/sprints', { task: `Build a counter for ${marker}`, team: ['backend'] });
  const second = await post('/api/v1/sprints', { task: `Never finish the ${marker}`, team: ['backend'] });
  await post(`/api/v1/sprints/${second.id}/cancel`, undefined);
  await post('/api/v1/memory', { text: `The first ${marker} is blue`, scope: 'tenant' });
  const fact = await post('/api/v1/memory', { text: `The second ${marker} is green`, scope: 'tenant' });
  // Two people in the entity memory, from two committed sessions.
  const jobs = [];
  for (const [session, words] of [
    [`${marker}-earlier`, `I live near the ${marker} tower.`],
    [`${marker}-session`, `I know what ${marker} likes.`],
  ]) {
    const told = await post('/api/v1/memory/process-and-commit?wait=30', {
      session_id: session,
      turns: [marker, `${marker}b`].map((speaker) => ({ speaker, text: words })),
    });
    if (told.status !== 'committed') throw new Error(`The session of ${marker} is ${told.status}: ${told.error}`);
    jobs.push(told.id);
  }
  await post('/api/v1/repos/setup', { repo_url: `${marker}/memory` });
  for (const name of ['alex', 'bea']) await post('/api/v1/repos/setup', { user_id: `${marker} ${name}` });
  await commitTasks(post, marker);
  // Two consolidations. The second has something to do.
  const consolidated = [];
  for (const [id, tools] of [
    ['earlier', ['dedupe']],
    ['newest', ['link']],
  ] as const)
    consolidated.push(
      await post('/api/v1/memory/consolidate?wait=30', { consolidation_id: `${marker}-${id}`, tools: [...tools] }),
    );
  await post('/api/v1/auth/api-keys', { name: `${marker} one`, scopes: ['runs:read'] });
  const key = await post('/api/v1/auth/api-keys', { name: `${marker} two`, scopes: SCOPES });
  await sendFile(server, person, `${marker} one.txt`);
  await sendFile(server, person, `${marker} two.txt`);
  const waiting = await importFiles(server, person, marker);
  for (const name of [`${marker}_one`, `${marker}_two`])
    await server.call('PUT', `/api/v1/tenant/secrets/${name}`, { token: person.token, body: { value: marker } });
  const mcpServers = await addMcpServers(post, marker);
  await post('/api/v1/agents/types', { name: marker, description: `Knows ${marker}`, instruction: 'Answer.' });
  const agents = [];
  for (const agent_type of ['general', 'writer'])
    agents.push((await post('/api/v1/agents/spawn', { task: `Look at ${marker}`, agent_type })).id);
  const deadLetters = [createId('dead'), createId('dead')];
  for (const id of deadLetters)
    await asOwner(
      `insert into dead_letters (id, tenant_id, step, queue, payload, work, attempts, error, died_at)
      values ($1, $2, 'runs-settle-run', 'control', $3, $1, 12, $4, now())`,
      [id, person.tenantId, JSON.stringify({ tenant_id: person.tenantId, run_id: second.id }), `${marker} failed`],
    );
  await untilQuiet(person.tenantId);
  // A file with two versions.
  await asOwner(`update run_files set mode = 'executable' where run_id = $1 and path = 'backend/server.js'`, [
    sprint.id,
  ]);
  // Facts that a run learned, which can be proposed for promotion.
  const third = await post('/api/v1/memory', { text: `The third ${marker} is red`, scope: 'tenant' });
  await asOwner(`update memories set trust = 'untrusted', source_kind = 'run' where id = any ($1)`, [
    [fact.id, third.id],
  ]);
  await post('/api/v1/memory/proposals', { memory_id: third.id });
  const proposal = await post('/api/v1/memory/proposals', { memory_id: fact.id });
  for (const name of [`${marker} one`, `${marker} two`])
    await server.call('PUT', `/api/v1/memory/keys/${encodeURIComponent(name)}`, {
      token: person.token,
      body: { value: marker },
    });
  // Two pairs of facts that say the same, which nobody has used for long; and a merged fact.
  const neglected = await neglect(post, marker);
  const notes = [];
  for (const summary of [`${marker} began`, `${marker} went on`])
    notes.push(await post('/api/v1/memory/notes', { agent: 'backend', summary }));
  const staged = [createId('pref'), createId('pref')];
  await asOwner(
    `insert into user_preferences as p (user_id, tenant_id, staging_queue) values ($1, $2, $3)
     on conflict (user_id) do update set staging_queue = excluded.staging_queue`,
    [person.userId, person.tenantId, JSON.stringify({ items: staged.map((id) => stagedPreference(id, marker)) })],
  );
  await asOwner(
    `insert into run_questions (id, tenant_id, run_id, node_id, turn, call_index, kind, text, tool, arguments, expires_at)
     select $1, n.tenant_id, n.run_id, n.id, 0, 0, 'question', $2, 'ask_person', '{}', now() + interval '1 day'
     from run_nodes n where n.run_id = $3 and n.name = 'plan'`,
    [createId('ques'), `${marker}?`, sprint.id],
  );
  await asOwner(
    `insert into run_questions (id, tenant_id, run_id, node_id, turn, call_index, kind, text, tool, arguments, expires_at)
     select $1 || n.position, n.tenant_id, n.run_id, n.id, 0, 0, 'question', $2, 'ask_person', '{}', now() + interval '1 day'
     from run_nodes n where n.run_id = $3`,
    [createId('ques').slice(0, -1), `${marker} again?`, second.id],
  );
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model, input_tokens, output_tokens, cached_tokens, cost)
     values ($1, $2, 'turn', $3, 'gemini', $3, 1, 1, 0, 0)`,
    [person.tenantId, person.userId, `${marker} model`],
  );
  const say = (number: string, more: object) =>
    post('/api/v1/village/knowledge', { content: marker, agent: `${marker} ${number}`, ...more });
  const said = await say('one', { thread_title: marker });
  await say('two', { thread_id: said.thread_id });
  const unheard = await leaveUnheard(post, marker);
  await say('two', { thread_title: marker });
  const chat = await insertChat(person, marker, sprint.id);
  const [council] = await Promise.all([insertCouncil(person, marker), insertCouncil(person, marker)]);
  for (const id of [fact.id, third.id])
    await server.call('PUT', `/api/v1/chat/muted-memories/fact/${id}`, { token: person.token });
  await fillTables(tables, { tenantId: person.tenantId, userId: person.userId, marker });
  return {
    ...person,
    marker,
    apiKey: key.key,
    known: {
      ids: {
        run: sprint.id,
        mem: fact.id,
        key: key.id,
        dead: deadLetters[0] ?? '',
        job: jobs.at(-1),
        usr: person.userId,
        prop: proposal.id,
        ...chat,
        pref: staged[0] ?? '',
        con: consolidated.at(-1)?.id ?? '',
        upl: waiting.upload,
        imp: waiting.id,
        mcp: mcpServers[0] ?? '',
        council,
        note: notes[0]?.id ?? '',
        ...neglected,
        'mem.one': fact.id,
        'mem.other': third.id,
        ...unheard,
        know: said.id,
        thread: said.thread_id,
        ten: person.tenantId,
        agent: agents[0],
      },
      names: {
        channel: `run:${sprint.id}`,
        path: 'backend/server.js',
        node: 'backend',
        name: 'current_time',
        node_id: 'plan',
        from_node: 'backend',
        secret: `${marker}_one`,
        entity: `memories/people/${marker}.md`,
        session_id: `${marker}-session`,
        source_id: `${marker}-session`,
        user_id: `${marker} alex`,
        key: `${marker} one`,
        field: 'extras.wish',
        value: marker,
        url: `https://tools.invalid/${marker}`,
        hash: LISTED,
        agent_type: marker,
        target_id: fact.id,
      },
    },
  };
}

const LISTED = 'c'.repeat(64);

/** Four sentences that say the same. */
const sameClaims = (marker: string) => [
  `The ${marker} opens at six.`,
  `Six is when the ${marker} opens.`,
  `It is at six that the ${marker} opens.`,
  `When the ${marker} opens, it is six.`,
];

/**
 * Adds facts with equal vectors, and makes them so old that they are stale; one is merged. Returns the ids for requests
 * that merge and undo.
 */
async function neglect(
  post: (path: string, body: unknown) => Promise<{ id: string }>,
  marker: string,
): Promise<Record<'mem.keep' | 'mem.discard' | 'mem.merged', string>> {
  const ids: string[] = [];
  // No run of this walk is shown them.
  for (const text of sameClaims(marker))
    ids.push((await post('/api/v1/memory', { text, scope: 'worker', scope_id: 'nobody' })).id);
  await asOwner(
    `update memory_vectors v set embedding = k.embedding from memory_vectors k
    where v.memory_id = any ($1) and k.memory_id = $2`,
    [ids, ids[0]],
  );
  const [keep = '', discard = '', , merged = ''] = ids;
  await post('/api/v1/memory/health/merge', { keep, discard: merged });
  await asOwner(
    `update memories set created_at = created_at - interval '60 days', updated_at = now() - interval '60 days'
    where id = any ($1)`,
    [ids],
  );
  return { 'mem.keep': keep, 'mem.discard': discard, 'mem.merged': merged };
}

/** The same for statements of the village. */
async function leaveUnheard(
  post: (path: string, body: unknown) => Promise<{ id: string }>,
  marker: string,
): Promise<Record<'know.keep' | 'know.discard' | 'know.merged', string>> {
  const ids: string[] = [];
  for (const content of sameClaims(marker)) ids.push((await post('/api/v1/village/knowledge', { content })).id);
  const [keep = '', discard = '', , merged = ''] = ids;
  await post('/api/v1/village/health/merge', { keep, discard: merged });
  await asOwner(
    `with linked as (
      update village_knowledge set created_at = created_at - interval '60 days', status = 'linked', embedder = 'test'
      where id = any ($1) returning id, tenant_id)
    insert into village_vectors (tenant_id, statement_id, embedding) select tenant_id, id, $2::vector from linked
    on conflict (statement_id) do update set embedding = excluded.embedding`,
    [ids, JSON.stringify([1, ...new Array<number>(767).fill(0)])],
  );
  return { 'know.keep': keep, 'know.discard': discard, 'know.merged': merged };
}

/** Adds two MCP servers that have listed no tool. Their host does not exist. Returns their ids. */
async function addMcpServers(
  post: (path: string, body: unknown) => Promise<{ id: string }>,
  marker: string,
): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['one', 'two']) {
    const { id } = await post('/api/v1/tenant/mcp-servers', { name, url: `https://tools.invalid/${marker}` });
    await asOwner(`update mcp_servers set listed = '[]', listed_hash = $2 where id = $1`, [id, LISTED]);
    ids.push(id);
  }
  return ids;
}

/** Inserts two conversations; the answer of the first proposes two facts. Returns the ids by their prefixes. */
async function insertChat(
  { tenantId, userId }: Pick<Person, 'tenantId' | 'userId'>,
  marker: string,
  runId: string,
): Promise<Record<'chat' | 'msg' | 'lrn', string>> {
  const [questionId, answerId] = [createId('msg'), createId('msg')];
  const chats = [createId('chat'), createId('chat')];
  const [chat = ''] = chats;
  for (const id of chats)
    await asOwner(
      `insert into chat_sessions (id, tenant_id, user_id, target_type, target_id, title, event_seq, head_id)
      values ($1, $2, $3, 'chat', 'chat', $4, 1, case when $1 = $5 then $6 end)`,
      [id, tenantId, userId, `${marker} chat`, chat, answerId],
    );
  await asOwner(
    `insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, run_id)
    values ($1, $2, $3, $4, 'user', $5, null, null), ($6, $2, $3, $4, 'assistant', $5, $1, $7)`,
    [questionId, tenantId, chat, userId, `${marker} words`, answerId, runId],
  );
  const learned = [createId('lrn'), createId('lrn')];
  for (const [position, id] of learned.entries())
    await asOwner(
      `insert into chat_learned (id, tenant_id, user_id, message_id, run_id, position, text, category, origin)
      values ($1, $2, $3, $4, $5, $6, $7, 'general', 'person')`,
      [id, tenantId, userId, answerId, createId('run'), position, `I know the ${marker} number ${position}.`],
    );
  return { chat, msg: answerId, lrn: learned[0] ?? '' };
}

/** Inserts a council under way whose chair never answers. Returns its id. */
async function insertCouncil(
  { tenantId, userId }: Pick<Person, 'tenantId' | 'userId'>,
  marker: string,
): Promise<string> {
  const [id, runId] = [createId('council'), createId('run')];
  await asOwner(
    `insert into sessions (id, tenant_id, user_id, kind, query, status, graph_data)
    values ($1, $2, $3, 'council', $4, 'waiting_input', '{"nodes": [], "edges": []}')`,
    [runId, tenantId, userId, `${marker} question`],
  );
  await asOwner(
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position, status)
    values ($1, $2, $3, 'chair-1', 'chair', 0, 'waiting_input')`,
    [createId('node'), tenantId, runId],
  );
  const agents = ['Ada', 'Bo'].map((name) => ({ name, persona: marker, model: 'rehearsal/scripted-team-1' }));
  await asOwner(
    `insert into councils (id, tenant_id, user_id, run_id, question, agents, chair_model, rounds, threshold, mode,
      foreseen_usd)
    values ($1, $2, $3, $4, $5, $6, 'rehearsal/scripted-team-1', 3, 1, 'deliberation', 0)`,
    [id, tenantId, userId, runId, `${marker} question`, JSON.stringify(agents)],
  );
  await asOwner('insert into council_rounds (tenant_id, council_id, round) values ($1, $2, 1)', [tenantId, id]);
  await asOwner(
    `insert into council_interjections (id, tenant_id, council_id, round, user_id, text) values ($1, $2, $3, 2, $4, $5)`,
    [createId('itj'), tenantId, id, userId, marker],
  );
  return id;
}

/** Imports a conversation. Returns the id of an import that has not begun, which can be cancelled, and its upload. */
async function importFiles(
  server: TestServer,
  person: Person,
  marker: string,
): Promise<{ id: string; upload: string }> {
  const { token, tenantId, userId } = person;
  const messages = [{ role: 'user', content: `${marker} asks` }];
  const content = JSON.stringify([{ id: `${marker}-session`, title: `${marker} talk`, messages }]);
  const done = await sendFile(server, person, `${marker}.json`, { content, purpose: 'import' });
  await server.call('POST', '/api/v1/imports', { token, body: { uploads: [done] } });
  const upload = await sendFile(server, person, `${marker} waiting.json`, { content, purpose: 'import' });
  const id = createId('imp');
  await asOwner(
    `insert into imports (id, tenant_id, user_id, dry_run, upload_ids, filenames, bytes_total)
      values ($1, $2, $3, true, $4, $5, 1)`,
    [id, tenantId, userId, [upload], [`${marker} waiting.json`]],
  );
  await asOwner(
    `insert into import_items (tenant_id, user_id, import_id, file, item, kind, source_id, title, outcome)
      select $1, $2, $3, 0, n, 'fact', $4, $4, 'created' from generate_series(0, 1) n`,
    [tenantId, userId, id, `${marker} item`],
  );
  return { id, upload };
}

/** Uploads a file; left out, its content is its name. Returns the id of the upload. */
async function sendFile(
  server: TestServer,
  { token }: Person,
  filename: string,
  { content = filename, purpose = 'message' } = {},
): Promise<string> {
  const body = { filename, size: content.length, purpose };
  const { id, upload } = (await server.call('POST', '/api/v1/uploads', { token, body })).body;
  await server.call('PUT', upload.url, { token, body: content });
  await server.call('POST', `/api/v1/uploads/${id}/finish`, { token });
  return id;
}

function stagedPreference(id: string, marker: string) {
  return {
    id,
    hub: 'preferences',
    field: 'extras.wish',
    value: marker,
    text: `I prefer ${marker}.`,
    strength: 'medium',
    source_id: createId('run'),
    created_at: new Date().toISOString(),
  };
}

/** Commits a session with open tasks, as a model would write them, and with types that the ontology does not know. */
async function commitTasks(
  post: (path: string, body: unknown) => Promise<{ status: string }>,
  marker: string,
): Promise<void> {
  const session = `${marker}-tasks`;
  await post('/api/v1/memory/process-session?wait=30', { session_id: session, conversation: 'nothing' });
  const edits = ['c', 'd'].map((letter) => ({
    op: 'create',
    path: `memories/contexts/${marker}${letter}.md`,
    name: `${marker}${letter}`,
    type: 'spaceship',
    aliases: [],
    blocks: [{ heading: 'Open', text: `- **[open]** Ask ${marker}`, strength: 'low', always_load: false }],
  }));
  await asOwner('update memory_change_sets set edits = $2 where session_id = $1', [session, JSON.stringify(edits)]);
  const committed = await post('/api/v1/memory/commit-session', { session_id: session });
  if (committed.status !== 'committed') throw new Error(`The session ${session} is ${committed.status}`);
}
