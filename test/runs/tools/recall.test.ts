import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { recall } from '../../../functions/runs/tools/recall.ts';
import { remember } from '../../../functions/runs/tools/remember.ts';
import { callTool } from '../../../functions/tools/tool.ts';
import { createToolCaller, type ToolCaller } from '../../tools/tool-caller.ts';

let database: Database;
let caller: ToolCaller;
beforeAll(async () => {
  database = await openDatabase();
  caller = await createToolCaller('backend');
  const fact = { fact: 'The ledger of Quintus is kept in SQLite.' };
  expect(await callTool([remember(database)], 'remember', fact, caller.context)).toMatchObject({ isError: false });
});
afterAll(closeDatabase);

async function ask(query: string, context = caller.context) {
  const outcome = await callTool([recall(database)], 'recall', { query }, context);
  if (outcome.status !== 'completed') throw new Error('A search does not wait');
  return outcome;
}

test('returns remembered facts as data and records their use by the run', async () => {
  const { output, facts } = await ask('Where is the ledger of Quintus kept?');
  expect(output).toContain('The ledger of Quintus is kept in SQLite.</memory>');
  expect(output).not.toContain('searched for');
  expect(facts).toEqual({ memories: [expect.stringMatching(/^mem_/)] });
  const used = await database
    .as({ kind: 'tenant', tenantId: caller.context.tenantId, userId: caller.context.userId })
    .query({
      name: 'test_memory_uses',
      text: 'select memory_id from memory_uses where run_id = $1',
      values: [caller.context.runId],
    });
  expect(used).toHaveLength(1);
});

test('corrects a misspelled name and tells the worker', async () => {
  const { output } = await ask('Quintos');
  expect(output).toContain('No memory contains "quintos"; searched for "quintus".');
  expect(output).toContain('The ledger of Quintus is kept in SQLite.');
});

test('returns nothing for an unknown subject and for the run of another user', async () => {
  expect((await ask('zyzzyva')).output).toBe('Nothing is remembered about this.');
  const other = await createToolCaller('backend');
  expect((await ask('Quintos', other.context)).output).toBe('Nothing is remembered about this.');
});
