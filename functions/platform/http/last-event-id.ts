import type { IncomingMessage } from 'node:http';
import { Problem } from '../errors.ts';
import { headerOf } from './request-head.ts';

/**
 * Returns the number in the header `Last-Event-ID`, with which a client resumes a stream; undefined without one.
 * @throws Problem 422 when it is not an id that a stream can have sent
 */
export function lastEventId(request: IncomingMessage): number | undefined {
  const header = headerOf(request, 'last-event-id');
  if (header === undefined || header === '') return undefined;
  if (!/^\d{1,15}$/.test(header))
    throw new Problem('invalid-request', 'Last-Event-ID must be a number of at most 15 digits: the id of an event.');
  return Number(header);
}
