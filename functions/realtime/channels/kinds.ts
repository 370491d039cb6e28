import { Problem } from '../../platform/errors.ts';
import type { ChannelKind } from './channel-kind.ts';
import { runChannel } from './run.ts';

/** Every kind of channel. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [runChannel];

/** A channel that a client named: `run:run_01j…`. */
export interface ChannelName {
  text: string;
  kind: ChannelKind;
  id: string;
}

/** Reads the name of a channel. @throws Problem 404 for an unknown kind or an id of another form */
export function readChannelName(text: string): ChannelName {
  const colon = text.indexOf(':');
  const id = text.slice(colon + 1);
  const kind = CHANNEL_KINDS.find(({ prefix }) => prefix === text.slice(0, Math.max(0, colon)));
  if (kind === undefined || !kind.isId(id)) throw noChannel();
  return { text, kind, id };
}

export function noChannel(): Problem {
  return new Problem('not-found', 'There is no such channel.');
}
