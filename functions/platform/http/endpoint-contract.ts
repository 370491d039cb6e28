import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Cursors } from '../cursor.ts';
import type { Scoped } from '../database/database.ts';
import type { Access } from '../sign-in/access.ts';
import type { Hold } from './budget.ts';
import type { RouteText } from './route.ts';
import type { Deployment, Part } from './served-function.ts';

/**
 * The types of `endpoint()` in ../endpoint.ts: what an endpoint declares, what its handler gets and what it may reply.
 */

/** Runs statements as the caller. Each call is one round trip, which also checks the caller. */
export type Reads = Pick<Scoped, 'query' | 'queryAll'>;

/** The media type of a streamed body. */
export type MediaType = `${string}/${string}`;
export type Replies = Record<number, z.ZodType | MediaType | null>;

export type ReplyOf<R extends Replies> =
  | {
      [Status in keyof R & number]: { status: Status; headers?: Record<string, string> } & (R[Status] extends z.ZodType
        ? { body: z.input<R[Status]> }
        : R[Status] extends string
          ? { stream: AsyncIterable<Uint8Array | string> }
          : { body?: undefined });
    }[keyof R & number]
  | AlternativeReply;

/** A 200 reply as bytes, for a contract with an `alternative` to its schema. */
export interface AlternativeReply {
  status: 200;
  stream: AsyncIterable<Uint8Array | string>;
  headers?: Record<string, string>;
}

export interface EndpointContract<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends Replies> {
  /** `<domain>-<file>` */
  name: string;
  route: RouteText;
  access: Access;
  /** One sentence for the API reference. */
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  /**
   * An empty body is `{}`. Elsewhere it is rejected, because it is usually a mistake of the client: without fields
   * `POST /memory/erase` erases a whole memory.
   */
  mayBeEmpty?: boolean;
  /** The body is bytes of any type instead of JSON. The handler reads it with `streamBody` (./body.ts). */
  takesBytes?: boolean;
  reply: R;
  /** The media type of a 200 reply that may be bytes instead of the JSON that `reply` declares. */
  alternative?: MediaType;
  /**
   * The request may name whose data it is about: `user_id` in the path, the query or the body (./user-id.ts). `new`:
   * the endpoint stores something, so it creates a subject that does not exist.
   */
  onBehalfOf?: 'known' | 'new';
  /** Whether replies have an `ETag` and, for an endpoint that writes, a request may have `If-Match` (./if-match.ts). */
  hasTag?: boolean;
  /** Whether the endpoint takes an `Idempotency-Key`. By default every POST does that may write (./idempotency.ts). */
  idempotent?: boolean;
  /** The path of the metadata that tells a client without a valid token how to sign in (../sign-in/challenge.ts). */
  resourceMetadata?: `/${string}`;
  /**
   * The handler of `.serve` stores the key itself, in the transaction of its work, with `withIdempotency` and its input
   * `keyed`. Otherwise a process that dies leaves a claim of the key, and the request cannot be repeated for 5 minutes.
   */
  keepsKey?: true;
  bodyLimit?: number;
  deployment?: Deployment;
  /** A dependency without which the endpoint cannot work; see {@link Part}. */
  part?: Part;
}

/** The parsed request that every handler gets. */
export interface BaseInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  request: IncomingMessage;
  requestId: string;
  /** The caller's IP address, read with the trusted proxies in mind; see ../sign-in/client-address.ts. */
  address: string;
  /** Aborted when the caller disconnects. */
  signal: AbortSignal;
  /** Takes from a budget for the caller until the reply has ended, such as the bytes of a file before it is loaded. */
  hold: Hold;
  /** Encodes and decodes the cursors of this list for this caller. */
  cursor: Cursors;
}
