import { log } from '../../platform/log.ts';
import { markerOf } from '../../platform/models/guard-answer.ts';
import { knownSecrets } from '../../platform/secrets/known-secrets.ts';
import { maskStream } from '../../platform/secrets/mask-stream.ts';
import { storableText } from '../../platform/storable.ts';
import type { Claim } from '../claim.ts';
import type { NodeKind } from '../node-kind.ts';
import { keepDelta, notifyDelta } from '../sql/partial-turn.ts';
import type { Delta } from './event.ts';

/**
 * The most characters of one delta: PostgreSQL limits a notification to 8,000 bytes, and a character may need several.
 */
const LONGEST_TEXT = 1_200;

/**
 * Publishes a turn's text while it arrives, without the secrets and the instruction's marker that `guardAnswer` removes
 * from the recorded turn. The first piece is sent at once, the next ones together after `gatherMs`, so that a fast
 * model costs a few notifications per second and not hundreds. With `isKept`, thinking is published as well, and what
 * was published is kept in `partial_turns` by the same statement. A failure affects only the live view.
 */
export function streamDeltas(claim: Claim, { gatherMs, isKept }: NodeKind['live']) {
  const hidden = [markerOf(claim.node.run_id), ...knownSecrets()];
  const pieces = { thinking: createPieces(claim, hidden, 'thinking'), text: createPieces(claim, hidden, 'text') };
  let sending: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const publish = (delta: Delta) => sendDelta(claim, delta, isKept);
  const send = (isEnd: boolean) => {
    for (const delta of [...pieces.thinking.take(isEnd), ...pieces.text.take(isEnd)])
      sending = sending.then(() => publish(delta));
  };
  const sendSoon = () => {
    if (timer !== undefined) return;
    send(false);
    timer = setTimeout(() => {
      timer = undefined;
      if (pieces.text.isWaiting() || pieces.thinking.isWaiting()) sendSoon();
    }, gatherMs);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    add: (text: string) => {
      pieces.text.add(text);
      sendSoon();
    },
    addThinking: (text: string) => {
      if (!isKept) return;
      pieces.thinking.add(text);
      sendSoon();
    },
    /** The attempt failed: readers discard the text so far. */
    reset: () => {
      pieces.text.reset();
      pieces.thinking.reset();
    },
    /**
     * Stops the timer and returns the rest of the text as deltas. In the transaction that records the turn they need no
     * round trip of their own and arrive before the turn's event.
     */
    finish: async (): Promise<string[]> => {
      stop();
      await sending;
      return pieces.text.take(true).map((delta) => JSON.stringify(delta));
    },
    /** Sends the rest of the text and stops; after `finish` there is no rest. */
    end: async () => {
      stop();
      send(true);
      await sending;
    },
  };
}

/** Cuts the text of one kind into deltas. */
function createPieces({ node }: Claim, hidden: readonly string[], kind: Delta['kind']) {
  const mask = maskStream(hidden);
  let waiting = '';
  let half = '';
  let at = 0;
  let isReset = false;
  return {
    isWaiting: () => waiting !== '' || isReset,
    add: (text: string) => {
      waiting += text;
    },
    reset: () => {
      waiting = '';
      half = '';
      at = 0;
      mask.reset();
      isReset = true;
    },
    take: (isEnd: boolean): Delta[] => {
      let shown = half + mask.add(waiting) + (isEnd ? mask.end() : '');
      waiting = '';
      // A provider may cut text inside a surrogate pair. Its first half waits for the other one.
      half = isEnd ? '' : (/[\ud800-\udbff]$/.exec(shown)?.[0] ?? '');
      shown = shown.slice(0, shown.length - half.length);
      const deltas: Delta[] = [];
      while (shown !== '' || isReset) {
        const text = storableText(shown.slice(0, lengthOfPiece(shown)));
        shown = shown.slice(lengthOfPiece(shown));
        deltas.push({
          run_id: node.run_id,
          node: node.name,
          source: node.worker,
          turn: node.turn,
          kind,
          at,
          text,
          reset: isReset,
        });
        at += [...text].length;
        isReset = false;
      }
      return deltas;
    },
  };
}

/** Returns the length of the next delta, which does not end inside a surrogate pair. */
function lengthOfPiece(text: string): number {
  const isInsidePair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(LONGEST_TEXT - 1, LONGEST_TEXT + 1));
  return isInsidePair ? LONGEST_TEXT - 1 : LONGEST_TEXT;
}

async function sendDelta({ database, node }: Claim, delta: Delta, isKept: boolean): Promise<void> {
  try {
    await database.query(isKept ? keepDelta(node, delta) : notifyDelta(delta));
  } catch (error) {
    log('debug', 'delta not sent', { run_id: node.run_id, error });
  }
}
