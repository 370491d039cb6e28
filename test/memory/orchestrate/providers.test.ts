import { afterAll, expect, test } from 'vitest';
import { orchestratedSearch } from '../../../functions/memory/endpoints/orchestrated-search.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { asOwner, createPerson } from '../../entities/people.ts';
import { startScriptedClaude } from '../../support/scripted-claude.ts';
import { startScriptedOpenAI } from '../../support/scripted-openai.ts';
import type { ScriptedHandler } from '../../support/scripted-provider.ts';
import { startServer } from '../../support/server.ts';
import { ATLAS, INES, rememberAtlas, textOf } from './fixtures.ts';
import { calls, citing } from './search-server.ts';

/**
 * Runs the same search over the two other wire formats: several calls in one turn, an error that the model corrects,
 * and a checked answer.
 */
const answers: ScriptedHandler = (request, index) => {
  if (index === 0) {
    return calls(
      { id: 'one', name: 'read_entity', arguments: { path: ATLAS } },
      { id: 'two', name: 'read_entity', arguments: { path: 'nowhere' } },
    );
  }
  if (index === 1) {
    const last = request.messages.at(-1);
    expect(last?.role === 'tool' && last.results.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(textOf(request)).toContain('must be the path of an entity');
    return { text: 'I look at her file.', ...calls({ id: 'three', name: 'read_entity', arguments: { path: INES } }) };
  }
  return citing('Parquet.', 'Parquet was chosen for the maps')(request);
};
const claude = await startScriptedClaude({ answer: answers });
const openai = await startScriptedOpenAI({ answer: answers });
// Providers read the settings when they are opened, which happens later.
environment.ANTHROPIC_API_KEY = 'scripted-key';
environment.ANTHROPIC_BASE_URL = claude.url;
environment.OPENAI_API_KEY = 'scripted-key';
environment.OPENAI_BASE_URL = openai.url;
const database = await openDatabase();
const server = await startServer([orchestratedSearch]);
afterAll(async () => {
  await server.close();
  await closeDatabase();
  await claude.close();
  await openai.close();
});

test.each([
  ['claude', 'claude-sonnet-5-1', claude],
  ['openai', 'some-local-model', openai],
])('searches with %s', async (provider, model, scripted) => {
  const person = await createPerson(database, 'member');
  await rememberAtlas(database, person);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_choose_model',
      text: 'update tenants set worker_config = $2 where id = $1',
      values: [person.tenantId, JSON.stringify({ memory: { provider, model } })],
    }),
  );
  const { status, body } = await server.call('POST', '/api/v1/memory/orchestrated-search', {
    token: person.token,
    body: { query: 'What did the leader of Atlas decide?' },
  });
  expect([status, body]).toMatchObject([
    200,
    {
      ended_by: 'answered',
      turns: 3,
      confidence: 0.9,
      citations: [{ kind: 'block', path: INES }],
      dropped_citations: 0,
    },
  ]);
  expect(scripted.requests.map((request) => request.model)).toEqual([model, model, model]);
  const [row] = await asOwner(database, (transaction) =>
    transaction.query<{ cost: string; lines: number }>({
      name: 'test_cost',
      text: `select trim_scale(sum(cost))::text as cost, count(*)::int as lines from usage_ledger where tenant_id = $1 and provider = $2 and kind = 'search'`,
      values: [person.tenantId, provider],
    }),
  );
  expect(row).toEqual({ cost: body.cost_usd, lines: 3 });
});
