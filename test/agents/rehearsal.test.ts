import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../support/local-server.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';

/** Agents without a model key, as a new user sees them. */
let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startServer();
  person = await server.signUp();
});
afterAll(() => server.close());

const get = async (path: string) => (await server.call('GET', `/api/v1${path}`, { token: person.token })).body;

it('shows a tree: the root spawns two agents, waits for both and repeats what they answered', async () => {
  const { body } = await server.call('POST', '/api/v1/agents/spawn', {
    token: person.token,
    body: { task: 'Compare <two> ways to store energy' },
  });
  const status = await waitFor('the tree to end', async () => {
    const found = await get(`/agents/${body.id}/status`);
    return found.agent.completed_at !== null && found;
  });
  expect(status.tree).toMatchObject([
    { agent_type: 'general', status: 'completed', children: 2, model: 'rehearsal/scripted-team-1' },
    { agent_type: 'researcher', status: 'completed', task: expect.stringContaining('two> ways'), turns: 2 },
    { agent_type: 'writer', status: 'completed', turns: 1 },
  ]);
  const { result } = await get(`/agents/${body.id}/result`);
  expect(result).toMatch(/^\[Scripted rehearsal.*Compare <two> ways to store energy/);
  expect(result).toMatch(
    /The researcher completed: I am the researcher agent[\s\S]*The writer completed: I am the writer/,
  );
});
