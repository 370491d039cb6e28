import { expect, it } from 'vitest';
import { awaitWork, type WaitingRequest } from '../../functions/platform/await-work.ts';
import { Problem } from '../../functions/platform/errors.ts';

/** A request that waits for row `job_1`, which ends when `end` is called. */
function waitingRequest(changes: Partial<WaitingRequest> = {}) {
  let hear: ((payload: string) => void) | undefined;
  let reads = 0;
  let hasEnded = false;
  const listen = async (_channel: string, heard: (payload: string) => void) => {
    hear = heard;
    return async () => {
      hear = undefined;
    };
  };
  const request: WaitingRequest = {
    // Only `listen` is used.
    database: { listen } as unknown as WaitingRequest['database'],
    seconds: 30,
    signal: new AbortController().signal,
    hold: () => undefined,
    ...changes,
  };
  const find = async () => {
    reads += 1;
    return { id: 'job_1', hasEnded };
  };
  return {
    wait: () => awaitWork(request, find, (row) => row.hasEnded),
    end: () => {
      hasEnded = true;
    },
    notify: (id: string) => hear?.(id),
    isListening: () => hear !== undefined,
    reads: () => reads,
  };
}

it('reads the row after a notification for its id only, and stops listening', async () => {
  const job = waitingRequest();
  const answer = job.wait();
  await expect.poll(job.reads).toBe(2);
  for (let count = 0; count < 100; count += 1) job.notify('job_2');
  job.end();
  job.notify('job_1');
  expect((await answer).hasEnded).toBe(true);
  expect(job.reads()).toBe(3);
  expect(job.isListening()).toBe(false);
});

it('returns the row when the time is over', async () => {
  const job = waitingRequest({ seconds: 0.3 });
  expect((await job.wait()).hasEnded).toBe(false);
  expect(job.reads()).toBeLessThanOrEqual(8);
});

it('does not wait without seconds, and when the caller has too many waiting requests', async () => {
  const full = () => {
    throw new Problem('too-many-requests', 'too many');
  };
  for (const job of [waitingRequest({ seconds: 0 }), waitingRequest({ hold: full })]) {
    expect((await job.wait()).hasEnded).toBe(false);
    expect(job.reads()).toBe(1);
  }
});

it('ends when the caller disconnects', async () => {
  const caller = new AbortController();
  const job = waitingRequest({ signal: caller.signal });
  const answer = job.wait();
  await expect.poll(job.reads).toBe(2);
  caller.abort(new Error('gone'));
  await expect(answer).rejects.toThrow('gone');
  expect(job.isListening()).toBe(false);
});
