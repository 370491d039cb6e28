import { nodeName } from '../../../text/node-name.ts';
import { visible, visibleName } from '../../../text/visible.ts';
import { type LogEvent, textIn } from './run-event.ts';

/** Messages between workers, and the lanes that they are drawn in. */
export interface Message {
  seq: number;
  at: string;
  from: string;
  to: string;
  text: string;
}

export interface Lane {
  name: string;
}

export function messageOf({ seq, timestamp, source, message, data }: LogEvent): Message {
  return {
    seq,
    at: timestamp,
    from: visibleName(source),
    to: visibleName(textIn(data, 'to') ?? '?'),
    text: visible(textIn(data, 'content') ?? message),
  };
}

/**
 * Returns the name of a worker to which messages are addressed: as its node is called, or as the worker when several
 * nodes have it, such as the chef's.
 */
export function addressName(worker: string, nodes: Iterable<{ id: string; worker: string }>): string {
  const [node, ...others] = [...nodes].filter((one) => one.id === worker || one.worker === worker);
  return node === undefined || others.length > 0 ? worker : nodeName(node.id, node.worker);
}

/** The workers who write or are written to, in the order of their first message. `messages` are newest first. */
export function lanesOf(messages: readonly Message[]): Lane[] {
  const names = messages.toReversed().flatMap(({ from, to }) => [from, to]);
  return [...new Set(names)].map((name) => ({ name }));
}
