import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { isKnownUrl } from '../../../functions/runs/tools/web-fetch.ts';
import { createToolCaller, type ToolCaller } from '../../tools/tool-caller.ts';

/** The rows of a run make URLs known to it; rows of other runs and tenants do not. */
let caller: ToolCaller;
beforeAll(async () => {
  caller = await createToolCaller('retriever');
  await run(caller, 'test_set_query', 'update sessions set query = $2 where id = $1', [
    caller.runId,
    'Compare https://task.example/a with what you find',
  ]);
  await record(caller, 'web_search', '<result url="https://found.example/x" title="x">', false);
  await record(caller, 'web_search', '<result url="https://failed.example/x" title="x">', true);
  await record(caller, 'read_file', '<result url="https://file.example/x" title="x">', false);
  await record(
    caller,
    'web_fetch',
    '<web_page url="https://task.example/a" type="text/html">\n<links>\n- B: https://task.example/b\n</links>\n</web_page>',
    false,
  );
});
afterAll(closeDatabase);

function run({ database }: ToolCaller, name: string, text: string, values: unknown[]) {
  return database.query({ name, text, values });
}

async function record(owner: ToolCaller, tool: string, output: string, isError: boolean): Promise<void> {
  const nodeId = createId('node');
  await run(
    owner,
    'test_insert_node',
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position) values ($1, $2, $3, $1, 'retriever', 1)`,
    [nodeId, owner.tenantId, owner.runId],
  );
  await run(
    owner,
    'test_insert_call',
    `insert into tool_calls (node_id, turn, call_index, tenant_id, run_id, call_id, name, arguments, status, output, is_error, completed_at)
      values ($1, 1, 0, $2, $3, 'c', $4, '{}', 'completed', $5, $6, now())`,
    [nodeId, owner.tenantId, owner.runId, tool, output, isError],
  );
}

async function answerQuestion(kind: string, answer: string): Promise<void> {
  const nodeId = createId('node');
  await run(
    caller,
    'test_insert_node',
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position) values ($1, $2, $3, $1, 'retriever', 1)`,
    [nodeId, caller.tenantId, caller.runId],
  );
  await run(
    caller,
    'test_insert_question',
    `insert into run_questions (id, tenant_id, run_id, node_id, turn, call_index, kind, text, tool, arguments, status, answer, approved, answered_at, expires_at)
      values ($1, $2, $3, $4, 1, 0, $5, 'Which?', 'ask_person', '{}', 'answered', $6, case $5 when 'approval' then true end, now(), now() + interval '1 day')`,
    [createId('qst'), caller.tenantId, caller.runId, nodeId, kind, answer],
  );
}

const known = (url: string, of: ToolCaller = caller, allowedHosts: string[] = []) =>
  isKnownUrl(new URL(url), { ...of.context, allowedHosts });

describe('known', () => {
  test.each(['https://task.example/a', 'https://found.example/x', 'https://task.example/b'])('%s', async (url) =>
    expect(await known(url)).toBe(true),
  );

  test('a URL in the user’s answer to a question', async () => {
    expect(await known('https://answer.example/')).toBe(false);
    await answerQuestion('question', 'Take https://answer.example/ please');
    expect(await known('https://answer.example/')).toBe(true);
  });

  test('every URL on an allowed host of the run', async () => {
    expect(await known('https://allowed.example/any', caller, ['allowed.example'])).toBe(true);
  });
});

describe('unknown', () => {
  test.each([
    'https://failed.example/x',
    'https://file.example/x',
    'https://found.example/y',
    'https://task.example/?q=secret',
  ])('%s', async (url) => expect(await known(url)).toBe(false));

  test('a URL that only another run or tenant knows', async () => {
    const other = await createToolCaller('retriever');
    expect(await known('https://found.example/x', other)).toBe(false);
    // The id of the run does not help in another tenant.
    expect(await isKnownUrl(new URL('https://task.example/a'), { ...other.context, runId: caller.runId })).toBe(false);
  });

  test('a URL in the answer to an approval', async () => {
    await answerQuestion('approval', 'https://approval.example/');
    expect(await known('https://approval.example/')).toBe(false);
  });
});
