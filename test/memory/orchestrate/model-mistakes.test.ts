import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPerson, type Person } from '../../entities/people.ts';
import { ATLAS, refOf, rememberAtlas, textOf } from './fixtures.ts';
import { answer, calls, citing, read, type SearchServer, searching, startSearchServer } from './search-server.ts';

let searchServer: SearchServer;
beforeAll(async () => {
  searchServer = await startSearchServer();
});
beforeEach(() => searchServer.reset());
afterAll(() => searchServer.close());

describe('orchestrate handles mistakes of the model', () => {
  let person: Person;
  beforeEach(async () => {
    person = await createPerson(searchServer.database, 'member');
    await rememberAtlas(searchServer.database, person);
  });
  const query = 'Who leads Atlas?';

  test('returns unknown tools, wrong arguments and unknown paths as errors that the model reads', async () => {
    searchServer.script(
      calls(
        { name: 'run', arguments: { command: 'cat /etc/passwd' } },
        { name: 'search', arguments: { query: 'Atlas', limit: 5 } },
        { name: 'read_entity', arguments: { path: '../../etc/passwd' } },
        { name: 'read_entity', arguments: { path: 'memories/people/nobody.md' } },
        { name: 'read_entity', arguments: { path: ATLAS, block: 'nothing' } },
        { name: 'search', arguments: { query: 'Atlas', as_of: 'yesterday' } },
        { name: 'blame', arguments: {} },
        { name: 'search', arguments: { query: 'Atlas', as_of: '0000-01-01' } },
      ),
      (request) => {
        const last = request.messages.at(-1);
        expect(last?.role === 'tool' && last.results.map(({ output, isError }) => [isError, output])).toEqual([
          [true, expect.stringContaining('There is no tool run. You have: search, list_entities')],
          [true, expect.stringContaining('The arguments of search are wrong')],
          [true, expect.stringContaining('must be the path of an entity')],
          [true, expect.stringContaining('There is no file memories/people/nobody.md')],
          [true, expect.stringContaining('It has: team.')],
          [true, expect.stringContaining('The arguments of search are wrong')],
          [true, 'Name either a fact, or a path with a block.'],
          [true, expect.stringContaining('must be a time with its zone, or a day as YYYY-MM-DD')],
        ]);
        return read('read_entity', { path: ATLAS });
      },
      citing('Ines.', 'led by Ines Duarte'),
    );
    const { body } = await searchServer.ask(person, { query });
    expect(body).toMatchObject({ ended_by: 'answered', answer: expect.stringContaining('Ines.') });
    const errors = body.steps.map((step: { is_error: boolean }) => step.is_error);
    expect(errors).toEqual([false, ...Array.from({ length: 8 }, () => true), false]);
  });

  test('answers a repeated call with a reference, in the same turn and later, without cost', async () => {
    const same = { name: 'read_entity', arguments: { path: ATLAS, why: 'curious' } };
    searchServer.script(
      calls(same, { ...same, arguments: { path: ATLAS } }),
      (request) => {
        expect(textOf(request)).toContain('You asked this before, in this turn');
        return calls(same);
      },
      (request) => {
        expect(textOf(request)).toContain('You asked this before, in turn 1');
        return citing('Ines.', 'led by Ines Duarte')(request);
      },
    );
    const { body } = await searchServer.ask(person, { query });
    expect(body.steps.slice(2)).toMatchObject([
      { is_repeat: true, tokens: 0 },
      { is_repeat: true, tokens: 0 },
    ]);
  });

  test('offers only `answer` in the last turn, and returns the hits when there is no answer', async () => {
    searchServer.script(searching());
    const answered = await searchServer.ask(person, { query, max_turns: 4 });
    expect(answered).toMatchObject({
      status: 200,
      body: {
        retrieval: 'search_only',
        ended_by: 'max_turns',
        answer: null,
        confidence: null,
        unanswered: false,
        turns: 4,
      },
    });
    expect(answered.body.items[0].text).toContain('Atlas');
    expect(searchServer.gemini.requests.map(({ tools }) => tools.length)).toEqual([9, 9, 9, 1]);
    expect(textOf(searchServer.gemini.requests[3])).toContain('This is your last turn');
    await searchServer.expectPaid(person, answered);
  });

  test('takes a text as the answer when it parses, otherwise asks for the tool once and then takes the text', async () => {
    searchServer.script((request) => {
      const ref = refOf(request, 'led by Ines Duarte');
      const parts = { text: `Ines [${ref}]`, citations: [{ ref, quote: 'Ines Duarte' }], confidence: 0.7 };
      return { text: `\`\`\`json\n${JSON.stringify(parts)}\n\`\`\`` };
    });
    expect((await searchServer.ask(person, { query })).body).toMatchObject({
      confidence: 0.7,
      turns: 1,
      citations: [{ quote: 'Ines Duarte' }],
    });
    searchServer.script({ text: 'Ines leads it, I think.' }, (request) => {
      expect(textOf(request)).toContain('If this is your answer, hand it in by the tool answer');
      return { text: 'Ines leads it.\nConfidence: high' };
    });
    expect((await searchServer.ask(person, { query })).body).toMatchObject({
      answer: 'Ines leads it.',
      confidence: 0.2,
      unanswered: true,
      warnings: ['uncited'],
      turns: 2,
    });
  });

  test('never takes a text that was cut at the output limit as an answer', async () => {
    searchServer.script({ text: 'Ines leads', finish: 'length' }, (request) => {
      expect(textOf(request)).toContain('Your answer was cut, it is too long');
      return citing('Ines.', 'led by Ines Duarte')(request);
    });
    expect((await searchServer.ask(person, { query })).body).toMatchObject({
      answer: expect.stringContaining('Ines.'),
      turns: 2,
    });
    searchServer.script({ text: 'Ines leads', finish: 'length' });
    expect((await searchServer.ask(person, { query, max_turns: 2 })).body).toMatchObject({
      ended_by: 'max_turns',
      answer: null,
    });
  });

  test('tells the model what is invalid in its answer; a confidence that does not parse is null', async () => {
    searchServer.script(answer({ citations: 'all of them' }), (request) => {
      expect(textOf(request)).toContain('The answer is not as it should be: text:');
      const ref = refOf(request, 'led by Ines Duarte');
      return answer({
        text: `Ines [${ref}]`,
        citations: [{ ref, quote: 'Ines Duarte' }],
        confidence: 'very much so',
      });
    });
    expect((await searchServer.ask(person, { query })).body).toMatchObject({
      confidence: null,
      confidence_reason: 'The confidence of the model could not be parsed.',
      unanswered: false,
    });
    searchServer.script((request) => {
      const ref = refOf(request, 'led by Ines Duarte');
      return answer({ text: `Ines [${ref}]`, citations: [{ ref, quote: 'Ines Duarte' }] });
    });
    expect((await searchServer.ask(person, { query })).body).toMatchObject({
      confidence: null,
      confidence_reason: 'The model gave no confidence.',
    });
  });
});
