import { describe, expect, test } from 'vitest';
import { Conversation, endOf, SessionBody, turnsOf } from '../../../functions/entities/ingest/transcript.ts';
import { Problem } from '../../../functions/platform/errors.ts';
import { parsePart } from '../../../functions/platform/http/body.ts';

const NOW = '2026-11-29T08:00:00Z';
const turns = (body: unknown) => turnsOf(SessionBody.parse(body), NOW).turns;
const said = (body: unknown) => turns(body).map(({ speaker, text }) => `${speaker}: ${text}`);
const days = (body: unknown) => turns(body).map(({ said_at }) => said_at);

/** Returns the answer's detail for a body that is not accepted. */
function detailOf(schema: typeof SessionBody | typeof Conversation, value: unknown, part = 'body'): string {
  try {
    parsePart(schema, value, part);
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  throw new Error('The body is accepted');
}

describe('messages', () => {
  test('said_at may be named timestamp, and be in seconds or milliseconds', () => {
    const at = (time: object) => days({ turns: [{ role: 'user', content: 'x', ...time }] });
    expect(at({ timestamp: '2026-03-03T10:00:00+02:00' })).toEqual(['2026-03-03T10:00:00+02:00']);
    expect(at({ timestamp: 1_772_532_000 })).toEqual(['2026-03-03T10:00:00.000Z']);
    expect(at({ timestamp: 1_772_532_000_000 })).toEqual(['2026-03-03T10:00:00.000Z']);
    expect(at({ timestamp: 1_772_532_000, said_at: '2026-01-01T00:00:00Z' })).toEqual(['2026-01-01T00:00:00Z']);
  });

  const parts = [
    { type: 'text', text: 'My flat is in Porto.' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    { type: 'text', text: 'It has a balcony.' },
  ];
  const mixed = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'developer', content: 'Answer in one sentence.' },
    { role: 'user', content: parts, name: 'bo' },
    { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
    { speaker: 'Maya', text: 'I like the balcony.', said_at: '2026-03-03T10:00:00Z' },
    { role: 'assistant', content: 'It is warm there.', refusal: null },
    { role: 'user', content: '  ' },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'nothing to say' }] },
    { role: 'assistant', tool_calls: [{ id: 'call_2' }] },
  ];
  const expected = [
    'system: You are a helpful assistant.',
    'system: Answer in one sentence.',
    'user: My flat is in Porto.\nIt has a balcony.',
    'tool: 21 degrees',
    'Maya: I like the balcony.',
    'assistant: It is warm there.',
  ];

  test.each(['turns', 'conversation'])(
    'both forms in one list are turns, and messages without text are left out: %s',
    (field) => {
      expect(said({ [field]: mixed })).toEqual(expected);
    },
  );

  test('a conversation so far takes both forms; instructions and results of tools are no part of the question', () => {
    const conversation = Conversation.parse([...mixed, { text: 'And the rent?' }]);
    expect(endOf(conversation, 1000, true)).toBe(
      [...expected.filter((line) => !/^(system|tool):/.test(line)), 'And the rent?'].join('\n'),
    );
    expect(endOf(Conversation.parse([{ role: 'system', content: 'Be brief.' }]), 1000)).toBe('');
    expect(Conversation.parse([])).toEqual([]);
    expect(Conversation.parse('How am I doing?')).toBe('How am I doing?');
  });

  test.each<[string, unknown, string]>([
    ['a text', 'hello', 'body.turns: must be a list of {role, content} or {speaker, text}'],
    ['an object', { role: 'user', content: 'x' }, 'body.turns: must be a list of {role, content} or {speaker, text}'],
    ['a list of texts', ['hello'], 'body.turns.0: must be {role, content} or {speaker, text}'],
    ['neither form', [{ who: 'me', what: 'hello' }], 'body.turns.0: must be {role, content} or {speaker, text}'],
    ['an unknown role', [{ role: 'bot', content: 'x' }], 'body.turns.0.role: Invalid option: expected one of "user"|'],
    [
      'a number as content',
      [{ role: 'user', content: 7 }],
      "body.turns.0.content: must be a text, a list of parts {type: 'text', text}, or null",
    ],
    [
      'the text of the other form',
      [{ role: 'user', text: 'x' }],
      'body.turns.0: must be {role, content} or {speaker, text}',
    ],
    ['a part without a type', [{ role: 'user', content: [{ text: 'x' }] }], 'body.turns.0.content.0.type: is missing'],
    [
      'a part whose text is no text',
      [{ role: 'user', content: [{ type: 'text', text: 1 }] }],
      'body.turns.0.content.0.text: Invalid input: expected string',
    ],
    ['no speaker', [{ text: 'x' }], 'body.turns.0.speaker: is missing'],
    ['only messages without text', [{ role: 'user', content: '' }], 'body.turns: no message has text'],
    [
      'parts that are too long together',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'x'.repeat(60_000) },
            { type: 'text', text: 'x'.repeat(60_000) },
          ],
        },
      ],
      'body.turns.0.content: must have 100000 characters at most',
    ],
    [
      'a timestamp without a time zone',
      [{ role: 'user', content: 'x', timestamp: '2026-03-03 10:00' }],
      'body.turns.0.timestamp: must be an ISO 8601 date-time with its time zone, or seconds since 1970',
    ],
    [
      'a year that Postgres does not have',
      [{ role: 'user', content: 'x', said_at: '0000-01-01T00:00:00Z' }],
      'body.turns.0.said_at: must be of the years 1 to 9999',
    ],
  ])('says what was expected instead of %s', (_what, given, detail) => {
    expect(detailOf(SessionBody, { turns: given })).toContain(detail);
  });

  test('says what was expected instead of a conversation that is neither a text nor a list', () => {
    expect(detailOf(Conversation, 7, 'conversation')).toBe(
      'conversation: must be a text, or a list of {role, content} or {speaker, text}',
    );
    expect(detailOf(SessionBody, { conversation: { role: 'user' } })).toContain(
      'a list of {role, content} or {speaker, text}',
    );
    expect(detailOf(Conversation, [{ speaker: 'A' }], 'conversation')).toContain('conversation.0.text: is missing');
  });
});

describe('memory_input', () => {
  test.each([
    ['Had coffee with mom today. Great conversation about family.'],
    ['Note: call the bank\nTodo: buy milk\nNote: and eggs'],
    ['Breakfast: eggs\nLunch: soup\nDinner: rice'],
    ['Mom: she is well.'],
    ['I met two people.\nMaya: tall\nLeo: small\nMaya: kind\nLeo: loud'],
  ])('is told by the user: %s', (memory_input) => {
    expect(said({ memory_input })).toEqual([`user: ${memory_input}`]);
  });

  test.each([
    ['User: I moved to Porto.\nAssistant: Nice!', ['User: I moved to Porto.', 'Assistant: Nice!']],
    ['Maya: Hi.\nLeo: Hello.\nMaya: Bye.\nLeo: Bye.', ['Maya: Hi.', 'Leo: Hello.', 'Maya: Bye.', 'Leo: Bye.']],
  ])('is a transcript when it clearly is one: %s', (memory_input, expected) => {
    expect(said({ memory_input })).toEqual(expected);
  });

  test('is refused beside another form, when it is empty, and in another type', () => {
    for (const other of [{ turns: [{ role: 'user', content: 'x' }] }, { conversation: 'x' }])
      expect(detailOf(SessionBody, { memory_input: 'x', ...other })).toContain('send one of memory_input, turns and');
    expect(detailOf(SessionBody, {})).toContain('send one of memory_input, turns and conversation');
    expect(detailOf(SessionBody, { memory_input: ' ' })).toContain('body.memory_input');
    expect(detailOf(SessionBody, { memory_input: ['x'] })).toContain('expected string');
  });
});

describe('session_date', () => {
  const memory_input = 'Had coffee with mom today.';
  test.each([
    ['a day is noon UTC of that day', '2024-01-15', '2024-01-15T12:00:00Z'],
    ['a leap day', '2024-02-29', '2024-02-29T12:00:00Z'],
    ['a time without an offset is UTC', '2024-01-15T10:30:00', '2024-01-15T10:30:00Z'],
    ['with microseconds, as Python writes it', '2024-01-15T10:30:00.123456', '2024-01-15T10:30:00.123456Z'],
    ['a time with an offset', '2024-01-15T23:30:00-05:00', '2024-01-15T23:30:00-05:00'],
  ])('%s', (_what, session_date, saidAt) => {
    expect(days({ memory_input, session_date })).toEqual([saidAt]);
  });

  test('dates turns without a time, and the time of a turn wins', () => {
    const turn = (said_at?: string) => ({ role: 'user', content: 'x', ...(said_at ? { said_at } : {}) });
    expect(days({ turns: [turn(), turn()], session_date: '2024-01-15' })).toEqual([
      '2024-01-15T12:00:00Z',
      '2024-01-15T12:00:00Z',
    ]);
    const later = '2024-01-16T09:00:00Z';
    expect(days({ turns: [turn(later), turn()], session_date: '2024-01-15' })).toEqual([later, later]);
    expect(days({ memory_input })).toEqual([NOW]);
  });

  test.each(['2024-02-30', '15.01.2024', '2024', 'yesterday', '', 20240115, null, '0000-01-01', '2024-01-15T25:00:00'])(
    'is refused: %s',
    (session_date) => {
      expect(detailOf(SessionBody, { memory_input, session_date })).toMatch(
        /body\.session_date: must be (a day such as 2024-01-15, or an ISO 8601 date-time|of the years 1 to 9999)/,
      );
    },
  );
});
