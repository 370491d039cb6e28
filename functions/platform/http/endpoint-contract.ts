import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Cursors } from '../cursor.ts';
import type { Scoped } from '../database/database.ts';
import type { Access } from '../sign-in/access.ts';
import type { RouteText } from './route.ts';
import type { Deployment, Part } from './served-function.ts';

/** What an endpoint declares, what its handler gets and what it may reply: the types behind {@link endpoint} in `endpoint.ts`. */

/** Reads as the caller: each call is one round trip that signs him in first. */
export type Reads = Pick<Scoped, 'query' | 'queryAll'>;

/** A body that is streamed, of this media type. */
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

/** The 200 answer as bytes, where the contract names an `alternative` to its schema. */
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
  reply: R;
  /** The media type of a 200 answer that is bytes in place of the JSON that `reply` declares. */
  alternative?: MediaType;
  /** Accepts `Idempotency-Key`. Only with `.handle`. */
  idempotent?: boolean;
  bodyLimit?: number;
  deployment?: Deployment;
  /** What the endpoint is nothing without; see {@link Part}. */
  part?: Part;
}

/** What every handler gets, parsed. */
export interface BaseInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  request: IncomingMessage;
  requestId: string;
  /** The caller's address as far as it can be trusted. */
  address: string;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
  /** Cursors of this list for this caller. */
  cursor: Cursors;
}
