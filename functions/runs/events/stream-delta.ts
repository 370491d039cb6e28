import { z } from 'zod';
import type { Statement } from '../../platform/database/batch.ts';
import { log } from '../../platform/log.ts';
import { storableText } from '../../platform/storable.ts';
import type { Claim } from '../claim.ts';

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
export function streamDeltas(claim: Claim) {
  let pending = '';
  let reset = false;
  let sending: Promise<void> = Promise.resolve();
  const takePending = () => {
    const statements: Statement[] = [];
    while (pending !== '' || reset) {
      const end = lengthOfPiece(pending);
      const delta: z.input<typeof Delta> = {
        run_id: claim.node.run_id,
        node: claim.node.name,
        source: claim.node.worker,
        turn: claim.node.turn,
        // Half of a character, which a provider may cut off, is no text that can be sent.
        text: storableText(pending.slice(0, end)),
        reset,
      };
      pending = pending.slice(end);
      reset = false;
      statements.push(notifyDelta(delta));
    }
    return statements;
  };
  const send = () => {
    for (const statement of takePending()) sending = sending.then(() => notify(claim, statement));
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
    /** What was not told yet, for the transaction that records the turn: it needs no round trip of its own, and comes before the turn's event. */
    finish: async (): Promise<Statement[]> => {
      clearInterval(timer);
      await sending;
      return takePending();
    },
    /** Tells what is left and stops; after a finish there is nothing left. */
    end: async () => {
      clearInterval(timer);
      send();
      await sending;
    },
  };
}

/** At most the longest text, not cut inside a surrogate pair. */
function lengthOfPiece(text: string): number {
  const isInsidePair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(LONGEST_TEXT - 1, LONGEST_TEXT + 1));
  return isInsidePair ? LONGEST_TEXT - 1 : LONGEST_TEXT;
}

function notifyDelta(delta: z.input<typeof Delta>): Statement {
  return {
    name: 'notify_delta',
    text: 'select pg_notify($1, $2)',
    values: [DELTA_CHANNEL, JSON.stringify(delta)],
  };
}

async function notify(claim: Claim, statement: Statement): Promise<void> {
  try {
    await claim.database.query(statement);
  } catch (error) {
    log('debug', 'a delta was not shown', { run_id: claim.node.run_id, error });
  }
}
