import { expect, test } from 'vitest';
import { topicOf } from '../../../functions/platform/language/claims/compare-claims.ts';
import { clusterAgreements, type PairLink } from '../../../functions/village/convergence/cluster.ts';

/** `a1` is the first statement of agent `a`. */
const link = (one: string, other: string, similarity: number, relation: PairLink['relation'] = 'agree'): PairLink => ({
  ...{ one, other, similarity, relation },
  one_agent: one.slice(0, 1),
  other_agent: other.slice(0, 1),
});
const groupsOf = (...links: PairLink[]) =>
  clusterAgreements(links, 0.6)
    .map((members) => members.toSorted().join(' '))
    .sort();

test('groups statements that all agree', () => {
  expect(groupsOf(link('a1', 'b1', 0.9), link('b1', 'c1', 0.8), link('a1', 'c1', 0.7), link('d1', 'e1', 0.7))).toEqual([
    'a1 b1 c1',
    'd1 e1',
  ]);
});

test('a statement that is near one member only does not join', () => {
  expect(groupsOf(link('a1', 'b1', 0.9), link('b1', 'c1', 0.85))).toEqual(['a1 b1']);
});

test('a chain of statements, each near the one before, does not grow into one group', () => {
  const chain = Array.from({ length: 40 }, (_, at) => `${'abc'.charAt(at % 3)}${at}`);
  const links = chain.slice(1).map((id, at) => link(chain[at] ?? '', id, 0.9 + (at % 7) / 100));
  const sizes = groupsOf(...links).map((members) => members.split(' ').length);
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.max(...sizes)).toBe(2);
});

test('a pair below the threshold is in a group whose mean reaches it', () => {
  expect(groupsOf(link('a1', 'b1', 0.9), link('b1', 'c1', 0.85), link('a1', 'c1', 0.5))).toEqual(['a1 b1 c1']);
  expect(groupsOf(link('a1', 'b1', 0.9), link('b1', 'c1', 0.62), link('a1', 'c1', 0.5))).toEqual(['a1 b1']);
});

test('two statements that deny each other are in no group together, however near both are to a third', () => {
  const denied = link('a1', 'c1', 0.99, 'deny');
  expect(groupsOf(link('a1', 'b1', 0.95), link('b1', 'c1', 0.94), denied)).toEqual(['a1 b1']);
  const more = [link('c1', 'd1', 0.8), link('a1', 'd1', 0.9), link('b1', 'd1', 0.9)];
  expect(groupsOf(link('a1', 'b1', 0.95), link('b1', 'c1', 0.94), denied, ...more)).toEqual(['a1 b1 d1']);
});

test('statements below the threshold form no group', () => {
  expect(groupsOf(link('a1', 'b1', 0.59), link('c1', 'd1', 0.9, 'deny'))).toEqual([]);
});

test('two statements of one agent need not be near each other', () => {
  expect(groupsOf(link('a1', 'b1', 0.9), link('a2', 'b1', 0.8))).toEqual(['a1 a2 b1']);
});

test('the topic is what most statements speak of, in the words of the most central one', () => {
  const texts = ['The nightly export is too slow', 'Our nightly export takes too long', 'Exporting at night is slow'];
  expect(topicOf(texts)).toBe('nightly export slow');
  expect(topicOf(['Ship it on Friday', 'Release at the end of the week'])).toBe('Ship it on Friday');
});
