import { describe, expect, test } from 'vitest';
import { AnswerReader } from '../../../../functions/platform/models/dialects/answer-reader.ts';
import type { ToolDeclaration } from '../../../../functions/platform/models/model.ts';

const tools: ToolDeclaration[] = [
  {
    name: 'write_file',
    description: 'Writes a file',
    parameters: {
      type: 'object',
      properties: { path: { type: 'string' }, content: { type: 'string' }, lines: { type: 'integer' } },
    },
  },
  { name: 'list_files', description: 'Lists files', parameters: { type: 'object', properties: {} } },
];

/** Reads an answer in pieces of a length, as a turn would be built from it. */
function read(answer: string, { length = answer.length, offered = tools } = {}) {
  const reader = new AnswerReader(offered);
  const pieces = answer.match(new RegExp(`[\\s\\S]{1,${Math.max(1, length)}}`, 'g')) ?? [];
  const events = pieces.flatMap((content) => reader.read({ content }));
  const last = reader.end();
  let text = '';
  let thinking = '';
  for (const event of [...events, ...last.events]) {
    if (event.type === 'text_delta') text += event.text;
    if (event.type === 'thinking_delta') thinking += event.text;
    if (event.type === 'text_was_thinking') [thinking, text] = [thinking + text, ''];
  }
  return { text, thinking, calls: last.calls.map((call) => [call.name, call.arguments]) };
}

const LENGTHS = [1, 2, 7, 1_000_000];
const call = ['write_file', '{"path":"a.txt","content":"A"}'];
const json = '{"name": "write_file", "arguments": {"path":"a.txt","content":"A"}}';

describe('thinking', () => {
  test.each([
    ['between tags', '<think>\nHm. </thin\n</think>\n\nDone.', 'Done.', '\nHm. </thin\n'],
    ['between other tags', '<thinking>Hm.</thinking>Done.', 'Done.', 'Hm.'],
    ["between Mistral's tags", '[THINK]Hm.[/THINK]Done.', 'Done.', 'Hm.'],
    ['in two blocks', '\n<think>a</think>\n<think>b</think>\nDone.', 'Done.', 'ab'],
    ['that is empty', '<think>\n\n</think>\n\nDone.', 'Done.', '\n\n'],
    ['without an opening tag', 'Hm, a\nb.\n</think>\n\nDone.', 'Done.', 'Hm, a\nb.\n'],
    ['without an opening tag in one line', 'Hm.</think>Done.', 'Done.', 'Hm.'],
    ['with only the closing tag', '</think>\n\nDone.', 'Done.', ''],
    ['that is not closed', '<think>Hm. It goes on', '', 'Hm. It goes on'],
    ['that mentions its own call', `<think>I write <tool_call>${json}</tool_call></think>Done.`, 'Done.', undefined],
    [
      'of gpt-oss',
      '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Done.<|return|>',
      'Done.',
      'Hm.',
    ],
  ])('%s is not part of the answer', (_, answer, text, thinking = expect.any(String)) => {
    for (const length of LENGTHS) expect(read(answer, { length })).toEqual({ text, thinking, calls: [] });
    expect(read(answer, { offered: [] })).toMatchObject({ text });
  });

  test.each([
    'Models write `<think>` before and `</think>` after it.',
    'The tag </think> ends it, and <think> begins it.',
    'An example:\n```\n<think>\nHm.\n</think>\n```\nThat is all.',
    'First a < b, then <think',
    'It says "<think>" and (</think>).',
  ])('is not seen in %j', (answer) => {
    for (const length of LENGTHS) expect(read(answer, { length })).toEqual({ text: answer, thinking: '', calls: [] });
  });

  test('in fields of its own keeps the name of its field', () => {
    const reader = new AnswerReader([]);
    expect(reader.read({ content: null, reasoning_content: 'Hm.' })).toEqual([
      { type: 'thinking_delta', text: 'Hm.', place: 'reasoning_content' },
    ]);
    expect(reader.read({ reasoning: 'Hm.', content: '' })).toEqual([
      { type: 'thinking_delta', text: 'Hm.', place: 'reasoning' },
    ]);
    // The same text in both fields.
    expect(reader.read({ reasoning: 'Hm.', reasoning_content: 'Hm.' })).toHaveLength(1);
    for (const delta of [undefined, null, {}, { content: 7, reasoning: [] }, 'text'])
      expect(reader.read(delta)).toEqual([]);
  });

  test("in OpenRouter's signed blocks comes back whole", () => {
    const reader = new AnswerReader([]);
    const detail = (index: number, more: object) => ({
      reasoning_details: [{ type: 'reasoning.text', index, ...more }],
    });
    reader.read(detail(0, { text: 'Hm, ' }));
    reader.read(detail(0, { text: 'well.' }));
    reader.read(detail(0, { text: '', signature: 'abc' }));
    reader.read({ reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'xyz' }] });
    expect(reader.end().events).toMatchObject([
      {
        type: 'thinking_delta',
        details: [
          { type: 'reasoning.text', text: 'Hm, well.', signature: 'abc' },
          { type: 'reasoning.encrypted', data: 'xyz' },
        ],
      },
    ]);
  });

  test('and text in a list of parts are told apart', () => {
    const reader = new AnswerReader([]);
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
      { type: 'reference', reference_ids: [1] },
      { type: 'text', text: 'Done.' },
      'odd',
    ];
    expect(reader.read({ content })).toEqual([
      { type: 'thinking_delta', text: 'Hm.', place: 'parts' },
      { type: 'text_delta', text: 'Done.' },
    ]);
  });
});

describe('a tool call that is written as text', () => {
  test.each([
    ['Hermes', `<tool_call>\n${json}\n</tool_call>`],
    ['Hermes without its end', `<tool_call>\n${json}`],
    ['with parameters', `<tool_call>{"name":"write_file","parameters":{"path":"a.txt","content":"A"}}</tool_call>`],
    [
      'with arguments as text',
      `<tool_call>{"name":"write_file","arguments":"{\\"path\\":\\"a.txt\\",\\"content\\":\\"A\\"}"}</tool_call>`,
    ],
    ["OpenAI's shape", `<tool_call>{"id":"1","type":"function","function":${json}}</tool_call>`],
    [
      'Qwen Coder',
      '<tool_call>\n<function=write_file>\n<parameter=path>\na.txt\n</parameter>\n<parameter=content>\nA\n</parameter>\n</function>\n</tool_call>',
    ],
    [
      'Qwen Coder without its tag',
      '<function=write_file>\n<parameter=path>\na.txt\n</parameter>\n<parameter=content>\nA\n</parameter>\n</function>',
    ],
    ['Llama with a tag', '<function=write_file>{"path":"a.txt","content":"A"}</function>'],
    ['Mistral', `[TOOL_CALLS] [${json}]`],
    ['newer Mistral', '[TOOL_CALLS]write_file[ARGS]{"path":"a.txt","content":"A"}'],
    ['newer Mistral with an id', '[TOOL_CALLS]write_file[CALL_ID]abcDEF123[ARGS]{"path":"a.txt","content":"A"}</s>'],
    ['Llama', '<|python_tag|>{"name":"write_file","parameters":{"path":"a.txt","content":"A"}}<|eom_id|>'],
    ['Llama without a tag', '{"name": "write_file", "parameters": {"path":"a.txt","content":"A"}}'],
    ['a list without a tag', `[${json}]`],
    [
      'DeepSeek',
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>write_file\n```json\n{"path":"a.txt","content":"A"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ],
    [
      'DeepSeek V3.1',
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>write_file<｜tool▁sep｜>{"path":"a.txt","content":"A"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    ],
    [
      'DeepSeek V3.2',
      '<｜DSML｜function_calls>\n<｜DSML｜invoke name="write_file">\n<｜DSML｜parameter name="path" string="true">a.txt</｜DSML｜parameter>\n<｜DSML｜parameter name="content" string="true">A</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>',
    ],
    [
      'Kimi',
      '<|tool_calls_section_begin|><|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>{"path":"a.txt","content":"A"}<|tool_call_end|><|tool_calls_section_end|>',
    ],
    [
      'MiniMax',
      '<minimax:tool_call>\n<invoke name="write_file">\n<parameter name="path">a.txt</parameter>\n<parameter name="content">A</parameter>\n</invoke>\n</minimax:tool_call>',
    ],
    [
      'GLM',
      '<tool_call>write_file\n<arg_key>path</arg_key>\n<arg_value>a.txt</arg_value>\n<arg_key>content</arg_key>\n<arg_value>A</arg_value>\n</tool_call>',
    ],
    [
      'gpt-oss',
      '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.write_file <|constrain|>json<|message|>{"path":"a.txt","content":"A"}<|call|>',
    ],
    [
      'gpt-oss with the recipient first',
      '<|start|>assistant to=functions.write_file<|channel|>commentary json<|message|>{"path":"a.txt","content":"A"}<|call|>',
    ],
  ])('of %s is read', (_, answer) => {
    for (const length of LENGTHS)
      for (const before of ['', 'I write it.\n', '<think>Hm.</think>\n']) {
        if (before.startsWith('I') && /without a tag|a list without/.test(_)) continue;
        const { calls, text } = read(before + answer, { length });
        expect(calls.map(([name, given]) => [name, JSON.parse(given ?? '')])).toEqual([
          ['write_file', { path: 'a.txt', content: 'A' }],
        ]);
        expect(text.trim()).toBe(before.startsWith('I') ? 'I write it.' : '');
      }
  });

  test('several calls, and values of declared types and with tags inside', () => {
    expect(read(`<tool_call>${json}</tool_call>\n<tool_call>{"name":"list_files"}</tool_call>`).calls).toEqual([
      call,
      ['list_files', '{}'],
    ]);
    const content = 'x </parameter> y\n\n<parameter=z>';
    const coder = `<function=write_file><parameter=lines>12</parameter><parameter=content>\n${content}\n</parameter></function>`;
    expect(JSON.parse(read(coder).calls[0]?.[1] ?? '')).toEqual({ lines: 12, content });
  });

  test('of a tool that does not exist, or with broken JSON, is a call that fails and no answer', () => {
    expect(read('<tool_call>{"name":"nope","arguments":{}}</tool_call>').calls).toEqual([['nope', '{}']]);
    const broken = '<tool_call>{"name": "write_file", "arguments": {"path": "a.txt", "content": "A';
    expect(read(broken)).toEqual({
      text: '',
      thinking: '',
      calls: [['write_file', '{"path": "a.txt", "content": "A']],
    });
    expect(read('<tool_call>{"nam</tool_call>').calls).toHaveLength(1);
    expect(read('<tool_call>{"city":"Paris"}</tool_call>').calls).toEqual([['', '{"city":"Paris"}']]);
  });

  test('is not seen in code, in a sentence, in other JSON or without tools', () => {
    for (const answer of [
      `Hermes models answer like this:\n\n\`\`\`\n<tool_call>\n${json}\n</tool_call>\n\`\`\``,
      `~~~xml\n<tool_call>${json}</tool_call>\n~~~`,
      `They write <tool_call>${json}</tool_call> to call a tool.`,
      `They write \`<tool_call>${json}</tool_call>\`.`,
      'The tag <tool_call> begins a call and </tool_call> ends it.',
      '[TOOL_CALLS] is the mark of Mistral.',
      '{"name": "Anna", "age": 7}',
      '{"name": "not_offered", "arguments": {}}',
      `${json}\nis what I would send.`,
      '{"facts": [], "items": [1, 2]}',
      '[1, 2, {"name": "list_files"}, "x"]',
      'A list: [ ] < > [TOOL_',
    ])
      for (const length of LENGTHS) expect(read(answer, { length })).toEqual({ text: answer, thinking: '', calls: [] });
    const answer = `<tool_call>${json}</tool_call>`;
    expect(read(answer, { offered: [] })).toEqual({ text: answer, thinking: '', calls: [] });
  });

  test('is read in linear time, whatever a model repeats', () => {
    // Half a second in all; in quadratic time minutes.
    for (const piece of [
      '<tool_call>{"',
      '<think>',
      '</think> ',
      '`',
      '[TOOL_CALLS]',
      '<function=a><parameter=b>',
      '\n',
    ])
      for (const length of [10, 4_000]) read(piece.repeat(Math.floor(300_000 / piece.length)), { length });
  }, 30_000);
});
