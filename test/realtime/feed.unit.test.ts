import { expect, it } from 'vitest';
import type { SocketConnection } from '../../functions/platform/websocket/connection.ts';
import type { ChannelKind, NumberedFrame } from '../../functions/realtime/channels/channel-kind.ts';
import { Feed } from '../../functions/realtime/feed.ts';

/** Reads of a channel that the test answers, and a connection that keeps what is written. */
function openFeed(last: number) {
  const reads: { after: number; answer: (...seqs: number[]) => void }[] = [];
  const kind: ChannelKind = {
    prefix: 'test',
    access: 'runs:read',
    isId: () => true,
    authorise: async () => last,
    listAfter: (_read, _id, { after }) =>
      new Promise<NumberedFrame[]>((resolve) => {
        reads.push({ after, answer: (...seqs) => resolve(seqs.map((seq) => ({ seq, frame: { type: 'event' } }))) });
      }),
    notifications: { events: 'test_events' },
  };
  const feed = new Feed({ text: 'test:1', kind, id: '1' }, { query: async () => [] }, last);
  const written: string[] = [];
  const connection = {
    isOpen: true,
    unsent: 0,
    drained: async () => undefined,
    write: (bytes: Buffer) => written.push(...(bytes.toString().match(/"seq":\d+|token/g) ?? [])),
  } as unknown as SocketConnection;
  return { feed, reads, connection, written };
}

it('writes a transient frame behind the events that were notified before it', async () => {
  const { feed, reads, connection, written } = openFeed(0);
  const follower = feed.add(connection, 0);
  feed.pass({ type: 'token' });
  await expect.poll(() => reads.length).toBe(1);
  reads[0]?.answer(1);
  await expect.poll(() => written).toEqual(['"seq":1', 'token']);
  feed.pass({ type: 'token' });
  expect(written).toEqual(['"seq":1', 'token', 'token']);
  feed.wake();
  feed.pass({ type: 'token' });
  await expect.poll(() => reads.length).toBe(2);
  reads[1]?.answer(2, 3);
  await expect.poll(() => written.slice(3)).toEqual(['"seq":2', '"seq":3', 'token']);
  feed.remove(follower);
});

it('reads once for all followers, and writes to each what it does not have', async () => {
  const first = openFeed(5);
  const ahead = openFeed(5);
  const { feed, reads } = first;
  const followers = [feed.add(first.connection, 5), feed.add(ahead.connection, 7)];
  await expect.poll(() => reads.length).toBe(1);
  expect(reads[0]?.after).toBe(5);
  reads[0]?.answer(6, 7, 8);
  await expect.poll(() => first.written).toEqual(['"seq":6', '"seq":7', '"seq":8']);
  expect(ahead.written).toEqual(['"seq":8']);
  for (const follower of followers) feed.remove(follower);
  expect(feed.isEmpty).toBe(true);
});
