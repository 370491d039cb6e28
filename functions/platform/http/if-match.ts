import type { IncomingMessage } from 'node:http';
import { Problem } from '../errors.ts';
import { headerOf } from './request-head.ts';

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e]{0,200})"$/;

/**
 * Returns the tags in `If-Match` (RFC 9110, 13.1.1) without their quotes; undefined without a condition, and for `*`,
 * which any existing thing fulfils. A weak tag is left out, because the comparison is strong.
 * @throws Problem 422 for any other text
 */
export function ifMatchOf(request: IncomingMessage): string[] | undefined {
  const header = headerOf(request, 'if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const tags = header.split(',').map((part) => ENTITY_TAG.exec(part.trim()));
  if (tags.some((tag) => tag === null))
    throw new Problem('invalid-request', 'If-Match must be the ETag of an earlier answer, in double quotes.');
  return tags.flatMap((tag) => (tag === null || tag[1] !== undefined ? [] : [tag[2] ?? '']));
}

/** Returns the header for a tag. */
export function entityTag(tag: string): { etag: string } {
  return { etag: `"${tag}"` };
}
