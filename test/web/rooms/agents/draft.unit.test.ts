import { expect, it } from 'vitest';
import { StartCouncilBody } from '../../../../functions/agents/council/council.ts';
import { DEFAULT_PERSONAS } from '../../../../functions/agents/council/personas.ts';
import {
  bodyOf,
  COUNCIL_DRAFT,
  type CouncilDraft,
  draftOf,
  isAskable,
} from '../../../../web/rooms/agents/council/draft.ts';
import { AGENT_DRAFT } from '../../../../web/rooms/agents/trees/draft.ts';
import { text } from '../../../../web/text/council.ts';

it('the form shows the default personas of the server', () => {
  expect(text.preset).toEqual(DEFAULT_PERSONAS);
});

it('an address fills in the question and the options, each in a line of at most 200 characters', () => {
  const { question, options } = draftOf({ question: 'Why?', options: ['One\nline', 'x'.repeat(300)] });
  expect(question).toBe('Why?');
  expect(options.split('\n').map((line) => line.length)).toEqual(['One line'.length, 200]);
  expect(draftOf({ question: ['odd'], options: 'one' })).toMatchObject({ question: '', options: 'one' });
  expect(draftOf({ options: [null] }).options).toBe('');
});

it('the body is one that the server accepts, and has only what was chosen', () => {
  const draft = draftOf({ question: ' Why? ', options: ['A', 'B'] });
  const body = bodyOf(draft);
  expect(StartCouncilBody.parse(body)).toMatchObject({ question: 'Why?', options: ['A', 'B'], threshold: 0.8 });
  expect(body).not.toHaveProperty('budget_usd');
  expect(body).not.toHaveProperty('share_in_village');
  expect(bodyOf({ ...draft, isShared: true })).toMatchObject({ share_in_village: true });
  expect(body.agents?.[0]).not.toHaveProperty('model');
});

it('a vote has neither rounds nor a threshold', () => {
  const body = bodyOf({ ...draftOf({ question: 'Why?', options: ['A', 'B'] }), mode: 'vote', budget: '0.5' });
  expect(body).toMatchObject({ mode: 'vote', budget_usd: 0.5 });
  expect(body).not.toHaveProperty('rounds');
  expect(body).not.toHaveProperty('threshold');
});

it('nothing is asked of the server while a field is being typed', () => {
  const draft = draftOf({ question: 'Why?' });
  const isSent = (change: Partial<CouncilDraft>) => isAskable({ ...draft, ...change });
  expect(isSent({})).toBe(true);
  expect(isSent({ question: ' ' })).toBe(false);
  expect(isSent({ options: 'One' })).toBe(false);
  expect(isSent({ mode: 'vote' })).toBe(false);
  expect(isSent({ mode: 'vote', options: 'One\nTwo' })).toBe(true);
  expect(isSent({ rounds: Number.NaN })).toBe(false);
  expect(isSent({ threshold: 49 })).toBe(false);
  expect(isSent({ members: draft.members.map((member) => ({ ...member, name: 'Same' })) })).toBe(false);
});

it('a kept question is what was written; what another version has stored is checked', () => {
  const written = {
    ...draftOf({ question: 'Why?', options: ['A', 'B'] }),
    mode: 'vote' as const,
    rounds: 4,
    budget: '2',
  };
  expect(COUNCIL_DRAFT.read(JSON.parse(JSON.stringify(written)))).toEqual(written);
  expect(COUNCIL_DRAFT.read({ question: 'Why?', members: [null, { name: {} }], rounds: '', mode: 'fight' })).toEqual({
    ...draftOf({ question: 'Why?' }),
    given: '',
    members: [0, 1].map((key) => ({ key, name: '', persona: '', model: '' })),
  });
  expect(COUNCIL_DRAFT.read({ members: [] })).toEqual(draftOf({}));
  expect(COUNCIL_DRAFT.isEmpty(draftOf({}))).toBe(true);
  expect(COUNCIL_DRAFT.isEmpty({ ...draftOf({}), members: draftOf({}).members.slice(1) })).toBe(false);
});

it('a kept task is what was written; what another version has stored is checked', () => {
  const written = { task: 'Dig', type: 'coder', without: ['web_search'], model: '', budget: '1' };
  expect(AGENT_DRAFT.read(JSON.parse(JSON.stringify(written)))).toEqual(written);
  expect(AGENT_DRAFT.read({ ...written, budget: 1 })).toEqual(written);
  expect(AGENT_DRAFT.read({ task: {}, without: [2] })).toEqual(AGENT_DRAFT.empty());
});
