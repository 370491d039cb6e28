import { expect, it } from 'vitest';
import { pathInHead } from '../../../functions/platform/http/request-head.ts';
import { expectLinear } from '../../support/growth.ts';

it.each([
  ['BREW /api/things HTTP/1.1\r\nhost: x', '/api/things'],
  ['BREW /api/things?x=1 HTTP/1.0\nhost: x', '/api/things'],
  ['BREW /api/things', undefined],
  ['BREW /api things HTTP/1.1\r\n', undefined],
  ['BREW  HTTP/1.1\r\n', undefined],
  ['nonsense\r\n\r\n', undefined],
])('the path of %j is %s', (head, path) => expect(pathInHead(head)).toBe(path));

it.each<[string, (size: number) => string]>([
  ['no end', (size) => `BREW /${'a'.repeat(size)}`],
  ['no version', (size) => `BREW /${'a'.repeat(size)}\r\n`],
  ['spaces', (size) => `BREW /${' '.repeat(size)}\r\n`],
  ['question marks', (size) => `BREW /${'?'.repeat(size)} HTTP/2\r\n`],
])('reads a head of %s in linear time', (_name, make) => expectLinear(pathInHead, make, 1_000));
