import { expect, test } from 'vitest';
import { z } from 'zod';
import { answer, askApproval, callTool, declareTool, type ToolContext, tool } from '../../functions/tools/tool.ts';
import { SHARED_TOOLS } from '../../functions/tools/toolbox.ts';

const declared = SHARED_TOOLS.map(declareTool);

test('lists each tool once, the tools for files first', () => {
  expect(declared.map(({ name }) => name)).toEqual([
    'list_files',
    'read_file',
    'search_files',
    'write_file',
    'edit_file',
    'delete_file',
    'run_command',
    'run_code',
    'calculator',
    'convert_units',
    'draw_numbers',
    'current_time',
    'parse_date',
    'add_to_date',
    'subtract_dates',
    'convert_time_zone',
    'count_words',
    'diff_texts',
    'match_regex',
    'fill_template',
    'pick_items',
    'query_json',
    'convert_data',
    'format_json',
    'hash_text',
    'encode_text',
    'create_uuid',
  ]);
});

test('declares a JSON Schema for every tool, with its required arguments and without unknown ones', () => {
  for (const { parameters } of declared)
    expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
  const edit = declared.find(({ name }) => name === 'edit_file');
  expect(edit?.parameters).toMatchObject({ required: ['path', 'old_text', 'new_text'] });
});

test('declares no bound of length that a server with grammars rejects, and the check of the call tells the limit', async () => {
  expect(JSON.stringify(declared)).not.toMatch(/"(?:max|min)(?:Length|Items)":(?:[2-9]\d{3}|\d{5,})/);
  const outcome = await callTool(SHARED_TOOLS, 'list_files', { path: 'a'.repeat(2_001) }, {} as ToolContext);
  expect(outcome).toMatchObject({ isError: true, output: expect.stringContaining('2000') });
});

test('approves, recovers and executes a call with the same parsed arguments', async () => {
  const seen: unknown[] = [];
  const push = tool({
    name: 'push',
    description: '',
    parameters: z.strictObject({ count: z.int(), force: z.boolean().default(false), branch: z.string().optional() }),
    safeToRepeat: false,
    approval: async (parameters) => {
      seen.push(parameters);
      return { status: 'approval', summary: '' };
    },
    recover: async (parameters) => {
      seen.push(parameters);
      return undefined;
    },
    execute: async (parameters) => {
      seen.push(parameters);
      return answer('');
    },
  });
  const given = { count: '2', force: 'true', branch: null };
  const context = {} as ToolContext;
  await askApproval([push], 'push', given, context);
  await push.recover?.(given, context);
  await callTool([push], 'push', given, context);
  expect(seen).toEqual(Array.from({ length: 3 }, () => ({ count: 2, force: true })));
});
