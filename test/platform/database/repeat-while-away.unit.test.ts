import { expect, test } from 'vitest';
import { repeatWhileAway } from '../../../functions/platform/database/repeat-while-away.ts';
import { DatabaseAway } from '../../../functions/platform/errors.ts';

const away = () => new DatabaseAway(new Error('Connection terminated unexpectedly'));

test('repeats a send until the database is available again', async () => {
  const fates = [away, away, away];
  const answer = await repeatWhileAway(async () => {
    const fate = fates.shift();
    if (fate) throw fate();
    return 'done';
  }, new AbortController().signal);
  expect(answer).toBe('done');
  expect(fates).toEqual([]);
});

test('throws any other error at once', async () => {
  let sent = 0;
  const send = () => {
    sent += 1;
    return Promise.reject(new Error('division by zero'));
  };
  await expect(repeatWhileAway(send, new AbortController().signal)).rejects.toThrow('division by zero');
  expect(sent).toBe(1);
});

test('an abort ends the repetition, also during a wait', async () => {
  const stop = new AbortController();
  let sent = 0;
  const send = () => {
    sent += 1;
    if (sent === 3) setTimeout(() => stop.abort(), 10);
    return Promise.reject(away());
  };
  await expect(repeatWhileAway(send, stop.signal)).rejects.toBeInstanceOf(DatabaseAway);
  expect(sent).toBe(3);
  await expect(repeatWhileAway(send, stop.signal)).rejects.toBeInstanceOf(DatabaseAway);
  expect(sent).toBe(4);
});
