import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { z } from 'zod';
import type { OpenSockets } from '../websocket/connection.ts';
import type { Route } from './route.ts';

/**
 * A declared function, as servers, the manifest and infrastructure see it. `handle` is a plain Node request handler, so
 * the lean server, the local gateway and the Functions Framework serve the same function.
 */
export interface ServedFunction {
  kind: 'endpoint' | 'socket' | 'step' | 'timer';
  /** `<domain>-<file>`. A test checks it. */
  name: string;
  route: Route;
  deployment: Deployment;
  /** The content of the OpenAPI document. Endpoints only. */
  contract?: PublicContract;
  /** The queue. Steps only. */
  queue?: string;
  /** A cron expression in UTC. Timers only. */
  schedule?: string;
  /** A part without which this function cannot work, besides the database. Readiness checks it. */
  part?: Part;
  /** The most bytes of a body that goes to the object store while it arrives. Endpoints with `takesBytes` only. */
  streamedBytes?: number;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers a request that asks for a WebSocket. Sockets only. */
  upgrade?(upgrade: Upgrade): Promise<void>;
}

/** A request for a WebSocket, and the connection that it came on. */
export interface Upgrade {
  request: IncomingMessage;
  stream: Duplex;
  /** What the client has sent behind the request. */
  head: Buffer;
  /** The connections of the server, to which an accepted one is added. */
  sockets: OpenSockets;
}

/** A program or service that a function needs, such as the sandbox program. */
export interface Part {
  /** Shown to people: what does not work without the part. */
  name: string;
  /** Returns what is missing and how to install it, or undefined when the part works. */
  look(): Promise<string | undefined>;
}

/** Settings for Terraform. Missing values have the platform's defaults. */
export interface Deployment {
  memoryMiB?: number;
  cpu?: number;
  concurrency?: number;
  timeoutSeconds?: number;
  maxInstances?: number;
  /** The service account of the function. `sandbox` has no permissions. */
  identity?: 'api' | 'worker' | 'timer' | 'sandbox';
  /** Secrets that become environment variables. */
  secrets?: string[];
}

export interface PublicContract {
  summary: string;
  access: string;
  tags: string[];
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** The body may be left out. */
  mayBeEmpty?: boolean;
  /** The body is bytes of any type. */
  takesBytes?: boolean;
  /** The request may have `user_id`, in the query or the body. */
  takesUserId: boolean;
  /** Replies have an `ETag`, which a later request may send as `If-Match`. */
  hasTag?: boolean;
  idempotent: boolean;
  /** By status: the schema of the body, the media type of a stream, or null for no body. */
  replies: Record<number, z.ZodType | string | null>;
}

/** Returns whether an export of a module is a declared function. */
export function isServedFunction(value: unknown): value is ServedFunction {
  return (
    typeof value === 'object' &&
    value !== null &&
    'handle' in value &&
    'route' in value &&
    'kind' in value &&
    'name' in value
  );
}
