import { z } from 'zod';
import { log } from '../../platform/log.ts';
import { markerOf } from '../../platform/models/guard-answer.ts';
import { knownSecrets } from '../../platform/secrets/known-secrets.ts';
import { maskStream } from '../../platform/secrets/mask-stream.ts';
import { storableText } from '../../platform/storable.ts';
import type { Claim } from '../claim.ts';
import { DELTA_CHANNEL } from './event.ts';

/**
 * A piece of the text that a worker is writing. Transient: it has no number and may be lost; the event of the turn has
 * the whole text.
 */
export const Delta = z.object({
  run_id: z.string(),
  node: z.string(),
  source: z.string(),
  turn: z.int(),
  text: z.string(),
  reset: z.boolean(),
});

/**
 * The interval at which deltas are sent, so that a fast model costs a few notifications per second and not hundreds.
 */
const GATHER_MS = 200;
/**
 * The most characters of one delta: PostgreSQL limits a notification to 8,000 bytes, and a character may need several.
 */
const LONGEST_TEXT = 1_200;

/**
 * Publishes a turn's text while it arrives, without the secrets and the instruction's marker that `guardAnswer` removes
 * from the recorded turn. A failure affects only the live view.
 */
export function streamDeltas(claim: Claim) {
  const mask = maskStream([markerOf(claim.node.run_id), ...knownSecrets()]);
  let pending = '';
  let reset = false;
  let sending: Promise<void> = Promise.resolve();
  const takePending = (isEnd: boolean) => {
    const deltas: string[] = [];
    let text = mask.add(pending) + (isEnd ? mask.end() : '');
    pending = '';
    while (text !== '' || reset) {
      const end = lengthOfPiece(text);
      const delta: z.input<typeof Delta> = {
        run_id: claim.node.run_id,
        node: claim.node.name,
        source: claim.node.worker,
        turn: claim.node.turn,
        // A provider may cut text inside a surrogate pair, which cannot be sent.
        text: storableText(text.slice(0, end)),
        reset,
      };
      text = text.slice(end);
      reset = false;
      deltas.push(JSON.stringify(delta));
    }
    return deltas;
  };
  const send = (isEnd: boolean) => {
    for (const delta of takePending(isEnd)) sending = sending.then(() => notify(claim, delta));
  };
  const timer = setInterval(send, GATHER_MS, false);
  return {
    add: (text: string) => {
      pending += text;
    },
    /** The attempt failed: readers discard the text so far. */
    reset: () => {
      pending = '';
      mask.reset();
      reset = true;
    },
    /**
     * Stops the timer and returns the rest of the text as deltas. In the transaction that records the turn they need no
     * round trip of their own and arrive before the turn's event.
     */
    finish: async (): Promise<string[]> => {
      clearInterval(timer);
      await sending;
      return takePending(true);
    },
    /** Sends the rest of the text and stops; after `finish` there is no rest. */
    end: async () => {
      clearInterval(timer);
      send(true);
      await sending;
    },
  };
}

/** Returns the length of the next delta, which does not end inside a surrogate pair. */
function lengthOfPiece(text: string): number {
  const isInsidePair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(LONGEST_TEXT - 1, LONGEST_TEXT + 1));
  return isInsidePair ? LONGEST_TEXT - 1 : LONGEST_TEXT;
}

async function notify(claim: Claim, delta: string): Promise<void> {
  try {
    await claim.database.query({
      name: 'notify_delta',
      text: 'select pg_notify($1, $2)',
      values: [DELTA_CHANNEL, delta],
    });
  } catch (error) {
    log('debug', 'delta not sent', { run_id: claim.node.run_id, error });
  }
}
