import { expect } from 'vitest';

/**
 * The requests of the five documents that ApexFlow unites, each as its document writes it. Where a document gives no
 * body, the body is ours. `{name}` is a value that an earlier answer gave.
 *
 * A request of later work has `later` instead of `answers`: it must be 404 now, so that its row changes with the work.
 */
export type SeedRequest = {
  request: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  body?: Record<string, unknown>;
  /** The account that asks: of a password, or of GitHub. Without it no token is sent. */
  as?: 'password' | 'github';
  /** Asks for the whole answer in place of a stream. */
  accept?: 'application/json';
} & ({ answers: number; with?: object; gives?: Record<string, string> } | { later: string });

const PASSWORD = { email: 'bo@example.com', password: 'correct-horse-battery' };
const TOKENS = { access_token: expect.any(String), token_type: 'bearer', expires_in: 3600 };

/** "Apex Server": multi-tenant sprints with a persistent memory. */
export const APEX_SERVER: SeedRequest[] = [
  { request: 'GET /health', answers: 200, with: { status: 'ok' } },
  {
    request: 'POST /api/v1/auth/register',
    body: { ...PASSWORD, display_name: 'Bo' },
    answers: 201,
    with: TOKENS,
    gives: { token: 'access_token' },
  },
  { request: 'POST /api/v1/auth/login', body: PASSWORD, answers: 200, with: TOKENS },
  {
    request: 'POST /api/v1/auth/api-keys',
    as: 'password',
    answers: 201,
    with: { key: expect.stringMatching(/^apx_/) },
  },
  {
    request: 'PATCH /api/v1/tenant',
    as: 'password',
    body: { worker_config: { backend: 'qwen', frontend: 'claude' } },
    answers: 200,
    with: { worker_config: { backend: { provider: 'qwen' }, frontend: { provider: 'claude' } } },
  },
  // There is no model here: the next sprint is the rehearsal.
  { request: 'PATCH /api/v1/tenant', as: 'password', body: { worker_config: null }, answers: 200 },
  {
    request: 'POST /api/v1/sprints',
    as: 'password',
    body: { task: 'Bygg en counter-app' },
    answers: 202,
    gives: { sprint: 'id' },
  },
  { request: 'GET /api/v1/sprints', as: 'password', answers: 200, with: { items: [{ task: 'Bygg en counter-app' }] } },
  { request: 'GET /api/v1/sprints/{sprint}', as: 'password', answers: 200, with: { task: 'Bygg en counter-app' } },
  { request: 'POST /api/v1/sprints/{sprint}/cancel', as: 'password', answers: 200, with: { status: 'completed' } },
  { request: 'GET /api/v1/sprints/{sprint}/logs', as: 'password', answers: 200, with: { items: expect.any(Array) } },
  { request: 'GET /api/v1/sprints/{sprint}/files', as: 'password', answers: 200 },
  { request: 'GET /api/v1/sprints/{sprint}/files/backend/server.js', as: 'password', answers: 200 },
  { request: 'POST /api/v1/sprints/{sprint}/download', as: 'password', answers: 200 },
  {
    request: 'POST /api/v1/memory',
    as: 'password',
    body: { text: 'Prefers TypeScript to JavaScript.' },
    answers: 201,
    gives: { memory: 'id' },
  },
  { request: 'GET /api/v1/memory', as: 'password', answers: 200 },
  { request: 'DELETE /api/v1/memory/{memory}', as: 'password', answers: 204 },
  // The test of the socket opens it; this client does not ask for one.
  { request: 'GET /api/v1/ws/sprints/{sprint}', as: 'password', answers: 426 },
  // The proofs of concept, which became sprints.
  { request: 'POST /run', body: { task: 'Create persistent-test.txt' }, later: 'POST /api/v1/sprints does it' },
  { request: 'GET /files/persistent-test.txt', later: 'GET /api/v1/sprints/{id}/files/{path} does it' },
  { request: 'POST /sprint', body: { task: 'Bygg en counter-app' }, later: 'POST /api/v1/sprints does it' },
];

/** "ApexAurum Cloud Architecture": a village of agents with chat and music. */
export const APEX_AURUM: SeedRequest[] = [
  { request: 'POST /api/v1/auth/login', body: PASSWORD, answers: 200, gives: { refresh: 'refresh_token' } },
  { request: 'POST /api/v1/auth/register', body: { ...PASSWORD, display_name: 'Bo' }, answers: 409 },
  { request: 'POST /api/v1/auth/refresh', body: { refresh_token: '{refresh}' }, answers: 200, with: TOKENS },
  {
    request: 'POST /api/v1/chat/message',
    as: 'password',
    accept: 'application/json',
    body: { message: 'Hello' },
    answers: 200,
    with: { message: { role: 'assistant', status: 'complete' } },
    gives: { conversation: 'conversation_id' },
  },
  {
    request: 'POST /api/v1/chat/message',
    as: 'password',
    body: { message: 'Hello again', conversation_id: '{conversation}' },
    answers: 200,
  },
  {
    request: 'GET /api/v1/chat/conversations',
    as: 'password',
    answers: 200,
    with: { items: [{ id: '{conversation}', title: 'Hello', archived: false, favorite: false, tags: [] }] },
  },
  { request: 'GET /api/v1/chat/conversations/{conversation}', as: 'password', answers: 200, with: { messages: 4 } },
  { request: 'DELETE /api/v1/chat/conversations/{conversation}', as: 'password', answers: 204 },
  {
    request: 'POST /api/v1/agents/spawn',
    as: 'password',
    body: { task: 'Compare two ways to store energy', agent_type: 'researcher' },
    answers: 202,
    with: { agent_type: 'researcher', depth: 0, parent_id: null },
    gives: { agent: 'id' },
  },
  {
    request: 'GET /api/v1/agents/{agent}/status',
    as: 'password',
    answers: 200,
    with: { agent: { id: '{agent}' }, tree: [{ id: '{agent}' }], budget_usd: null },
  },
  { request: 'GET /api/v1/agents/{agent}/result', as: 'password', answers: 200, with: { id: '{agent}' } },
  {
    request: 'POST /api/v1/agents/council',
    as: 'password',
    body: { question: 'Which database?', options: ['PostgreSQL', 'SQLite'], rounds: 3 },
    answers: 201,
    with: { status: 'running', agents: expect.any(Array) },
  },
  {
    request: 'POST /api/v1/village/knowledge',
    as: 'password',
    body: { content: 'The village agrees on PostgreSQL.', thread_title: 'Storage' },
    answers: 201,
    with: { realm: 'village', agent: { name: 'Bo', is_own: true } },
    gives: { statement: 'id' },
  },
  {
    request: 'GET /api/v1/village/knowledge?query=postgresql',
    as: 'password',
    answers: 200,
    with: { items: [{ id: '{statement}' }] },
  },
  {
    request: 'GET /api/v1/village/convergence',
    as: 'password',
    answers: 200,
    with: { agreements: [], tensions: [], counts: expect.any(Object) },
  },
  {
    request: 'GET /api/v1/village/threads',
    as: 'password',
    answers: 200,
    with: { items: [{ title: 'Storage', statements: 1 }] },
  },
  { request: 'GET /api/v1/tools/', as: 'password', answers: 200, with: { items: expect.any(Array) } },
  { request: 'GET /api/v1/tools/write_file/schema', as: 'password', answers: 200 },
  {
    request: 'POST /api/v1/tools/execute',
    as: 'password',
    body: { name: 'calculator', arguments: { expression: '6 * 7' } },
    answers: 200,
    with: { output: '42', is_error: false },
  },
  { request: 'POST /api/v1/music/generate', as: 'password', later: 'music' },
  { request: 'GET /api/v1/music/{sprint}/status', as: 'password', later: 'music' },
  { request: 'GET /api/v1/music/library', as: 'password', later: 'music' },
  { request: 'GET /api/v1/music/{sprint}/stream', as: 'password', later: 'music' },
  { request: 'GET /api/v1/user/profile', as: 'password', answers: 200, with: { email: 'bo@example.com' } },
  { request: 'PUT /api/v1/user/profile', as: 'password', body: { display_name: 'Bo B' }, answers: 200 },
  { request: 'GET /api/v1/user/usage', as: 'password', answers: 200 },
  { request: 'GET /api/v1/user/preferences', as: 'password', later: 'settings of the web console' },
  { request: 'POST /api/v1/auth/logout', as: 'password', answers: 204 },
];

/** "Memory-Break Orchestrator": evaluations of agents. */
export const MEMORY_BREAK: SeedRequest[] = [
  { request: 'POST /api/v1/tasks', later: 'evaluations' },
  { request: 'GET /api/v1/tasks', later: 'evaluations' },
  { request: 'GET /api/v1/tasks/{sprint}', later: 'evaluations' },
  { request: 'GET /api/v1/tasks/{sprint}/agents', later: 'evaluations' },
  { request: 'GET /api/v1/tasks/{sprint}/leaderboard', later: 'evaluations' },
  { request: 'GET /api/v1/logs/{sprint}/stream', later: 'evaluations' },
  { request: 'GET /docs', answers: 200 },
  { request: 'GET /redoc', later: '/docs is the only page' },
  { request: 'GET /health/', answers: 200, with: { status: 'ok' } },
];

const SESSION = {
  memory_input: 'Had coffee with mom today. Great conversation about family.',
  session_id: 'session-2024-01-15-001',
  session_date: '2024-01-15',
  user_id: 'alex',
};

/** "DiffMem FastAPI Server". Its paths have no prefix: a client's base URL is `http://host/api/v1`. */
export const DIFFMEM: SeedRequest[] = [
  { request: 'GET /health', answers: 200 },
  { request: 'GET /docs', answers: 200 },
  // The document sends the token in the address, where it would be logged.
  { request: 'POST /api/v1/auth/github?github_token={github_token}', answers: 422 },
  {
    request: 'POST /api/v1/auth/github',
    body: { github_token: '{github_token}' },
    answers: 200,
    with: TOKENS,
    gives: { github: 'access_token' },
  },
  {
    request: 'POST /api/v1/repos/setup',
    as: 'github',
    body: { repo_url: 'https://{git_host}/username/memory-repo', branch: 'main', user_id: 'alex' },
    answers: 201,
    with: {
      user_id: 'alex',
      repo_url: 'https://{git_host}/username/memory-repo',
      link: { status: 'linked', has_token: false },
      sync: { outcome: 'synced' },
    },
  },
  {
    request: 'GET /api/v1/repos/status/alex',
    as: 'github',
    answers: 200,
    with: {
      repo_url: 'https://{git_host}/username/memory-repo',
      user_id: 'alex',
      last_sync: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
      status: 'active',
      memory_files_count: 1,
      index_stats: { total_blocks: expect.any(Number), avg_tokens: expect.any(Number) },
    },
  },
  {
    request: 'POST /api/v1/memory/context',
    as: 'github',
    body: {
      conversation: [{ role: 'user', content: 'How am I doing with my goals?' }],
      depth: 'basic',
      user_id: 'alex',
    },
    answers: 200,
    with: { depth: 'basic', text: expect.any(String) },
  },
  ...['wide', 'deep', 'temporal'].map(
    (depth): SeedRequest => ({
      request: 'POST /api/v1/memory/context',
      as: 'github',
      body: { conversation: [{ role: 'user', content: 'How are my health goals?' }], depth, user_id: 'alex' },
      answers: 200,
      with: { depth },
    }),
  ),
  {
    request: 'POST /api/v1/memory/search',
    as: 'github',
    body: { query: 'health fitness goals', k: 5, user_id: 'alex' },
    answers: 200,
    with: { items: [{ text: expect.stringContaining('fitness') }] },
  },
  {
    request: 'POST /api/v1/memory/orchestrated-search',
    as: 'github',
    body: {
      conversation: [{ role: 'user', content: 'Tell me about my relationship progress' }],
      user_id: 'alex',
    },
    answers: 200,
  },
  {
    request: 'POST /api/v1/memory/process-session',
    as: 'github',
    body: SESSION,
    answers: 202,
    with: { session_id: 'session-2024-01-15-001' },
  },
  {
    request: 'POST /api/v1/memory/commit-session?wait=30',
    as: 'github',
    body: { session_id: 'session-2024-01-15-001', user_id: 'alex' },
    answers: 200,
    with: { session_id: 'session-2024-01-15-001', status: 'committed' },
  },
  {
    request: 'POST /api/v1/memory/process-and-commit?wait=30',
    as: 'github',
    body: {
      ...SESSION,
      memory_input: 'Went for a run today, feeling great! I am proud of my training.',
      session_id: 'session-001',
    },
    answers: 200,
    with: { status: 'committed' },
  },
  { request: 'POST /api/v1/memory/rebuild-index', as: 'github', body: { user_id: 'alex' }, answers: 200 },
  { request: 'POST /api/v1/memory/rebuild-index', as: 'github', answers: 200 },
];

/** "Phase 1: Project Bootstrap + Database Foundation" of ApexFlow. */
export const APEXFLOW: SeedRequest[] = [{ request: 'GET /readiness', answers: 200, with: { status: 'ready' } }];
