import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Route } from './route.ts';

/**
 * A declared function as servers, the manifest and infrastructure see it. `handle` is a plain node handler: the lean start file, the local gateway and
 * the Functions Framework all serve the very same thing.
 */
export interface ServedFunction {
  kind: 'endpoint' | 'step' | 'timer';
  /** `<domain>-<file>`; a test holds it. */
  name: string;
  route: Route;
  deployment: Deployment;
  /** What OpenAPI tells; endpoints only. */
  contract?: PublicContract;
  /** Steps only. */
  queue?: string;
  /** Timers only: a cron expression, in UTC. */
  schedule?: string;
  /** What this function is nothing without, beside the database: readiness asks for it. */
  part?: Part;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface Part {
  /** For people: what they cannot do without it. */
  name: string;
  /** @returns what is missing and how to get it, or undefined when it works. */
  look(): Promise<string | undefined>;
}

/** What Terraform reads. Where a value is left out, the platform's default holds. */
export interface Deployment {
  memoryMiB?: number;
  cpu?: number;
  concurrency?: number;
  timeoutSeconds?: number;
  maxInstances?: number;
  /** Which service account it runs as: `api`, `worker`, `timer` or `sandbox` (the last has no rights at all). */
  identity?: 'api' | 'worker' | 'timer' | 'sandbox';
  /** Names of secrets that become environment variables. */
  secrets?: string[];
}

export interface PublicContract {
  summary: string;
  access: string;
  tags: string[];
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  idempotent: boolean;
  /** By status: a schema, or the media type of a stream, or null for no body. */
  replies: Record<number, z.ZodType | string | null>;
}

/** Recognises a declared function among a module's exports. */
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
