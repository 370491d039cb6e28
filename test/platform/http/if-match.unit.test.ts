import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ifMatchOf } from '../../../functions/platform/http/if-match.ts';

function asked(header: string | undefined): string[] | undefined {
  const request = new IncomingMessage(new Socket());
  if (header !== undefined) request.headers['if-match'] = header;
  return ifMatchOf(request);
}

test.each<[string | undefined, string[] | undefined]>([
  [undefined, undefined],
  ['*', undefined],
  ['"a1"', ['a1']],
  ['"a1", "b2"', ['a1', 'b2']],
  // A strong comparison: a weak tag never matches.
  ['W/"a1"', []],
  ['W/"a1", "b2"', ['b2']],
])('reads %j', (header, tags) => expect(asked(header)).toEqual(tags));

test.each(['', 'a1', '"a1', '"a1" "b2"', '"a b"', '*, "a1"', `"${'a'.repeat(300)}"`])('rejects %j', (header) => {
  expect(() => asked(header)).toThrow('If-Match must be the ETag');
});
