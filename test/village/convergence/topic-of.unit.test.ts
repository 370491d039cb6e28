import { expect, test } from 'vitest';
import { topicOf } from '../../../functions/village/convergence/topic-of.ts';

test('a short sentence is the topic as it was written first', () => {
  const texts = [
    'Release notes go out on Tuesdays.',
    'The release notes go out each Tuesday',
    'Tuesdays: release notes!',
  ];
  expect(topicOf(texts)).toBe('Release notes go out on Tuesdays');
  expect(topicOf(['Ship it on Friday', 'Release at the end of the week'])).toBe('Ship it on Friday');
  expect(topicOf(['Wir liefern dienstags aus.', 'Dienstags liefern wir aus.'])).toBe('Wir liefern dienstags aus');
});

test('of several sentences the one that the statements share is the topic', () => {
  const texts = ['I looked at the logs today. The nightly export is too slow! Ask Dana.', 'Our nightly export is slow'];
  expect(topicOf(texts)).toBe('The nightly export is too slow!');
  const positions = ['Which one?\n– Tea: I hold “Tea”.', 'Which one?\n– Tea: I hold “Tea” still.'];
  expect(topicOf(positions)).toBe('Tea: I hold “Tea”');
});

test('of a long sentence the shared phrases are the topic, in their spelling and case', () => {
  const long =
    'After the incident of last week everybody agreed that Release Notes for customers, whoever writes them and in whichever language, leave the building on Tuesdays';
  const topic = topicOf([
    long,
    'release notes go to customers on Tuesdays',
    'Customers get the release notes on a Tuesday',
  ]);
  expect(topic).toBe('Release Notes for customers · Tuesdays');
});

test('a long sentence without common words is cut between words', () => {
  const long = `It was ${'very '.repeat(30)}late`;
  const topic = topicOf([long, 'Nothing alike']);
  expect(topic).toMatch(/^It was very .*very…$/);
  expect(topic.length).toBeLessThanOrEqual(80);
});
