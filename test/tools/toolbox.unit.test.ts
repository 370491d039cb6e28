import { expect, test } from 'vitest';
import { declareTool } from '../../functions/tools/tool.ts';
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
    'current_time',
  ]);
});

test('declares a JSON Schema for every tool, with its required arguments and without unknown ones', () => {
  for (const { parameters } of declared)
    expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
  const edit = declared.find(({ name }) => name === 'edit_file');
  expect(edit?.parameters).toMatchObject({ required: ['path', 'old_text', 'new_text'] });
});
