import { z } from 'zod';
import { log } from '../platform/log.ts';
import type { Claim } from './claim.ts';

/** Where deltas are told; a stream of the run listens. */
export const DELTA_CHANNEL = 'run_deltas';

/** Text that a worker is writing right now. Transient: it has no number, may be lost, and the turn's event carries the whole. */
export const Delta = z.object({
  run_id: z.string(),
  node: z.string(),
  source: z.string(),
  turn: z.int(),
  text: z.string(),
  reset: z.boolean(),
});

/** Deltas are gathered this long, so that fast models cost a few notifications a second and not hundreds. */
const GATHER_MS = 200;
/** Postgres takes 8,000 bytes a notification; a character may become several, and escaping adds more. */
const LONGEST_TEXT = 1_200;

/** Announces a turn's text as it comes. A failure only costs the live view. */
export function announceDelta(claim: Claim) {
  let pending = '';
  let reset = false;
  let sending: Promise<void> = Promise.resolve();
  const send = () => {
    while (pending !== '' || reset) {
      const delta: z.input<typeof Delta> = {
        run_id: claim.node.run_id,
        node: claim.node.name,
        source: claim.node.worker,
        turn: claim.node.turn,
        text: pending.slice(0, LONGEST_TEXT),
        reset,
      };
      pending = pending.slice(LONGEST_TEXT);
      reset = false;
      sending = sending.then(() => notify(claim, delta));
    }
  };
  const timer = setInterval(send, GATHER_MS);
  return {
    add: (text: string) => {
      pending += text;
    },
    /** The attempt failed: what was shown so far is void. */
    reset: () => {
      pending = '';
      reset = true;
    },
    end: async () => {
      clearInterval(timer);
      send();
      await sending;
    },
  };
}

async function notify(claim: Claim, delta: z.input<typeof Delta>): Promise<void> {
  try {
    await claim.database.query({
      name: 'notify_delta',
      text: 'select pg_notify($1, $2)',
      values: [DELTA_CHANNEL, JSON.stringify(delta)],
    });
  } catch (error) {
    log('debug', 'a delta was not shown', { run_id: delta.run_id, error });
  }
}
