import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';
import type { Place } from '../../platform/secrets/envelope.ts';
import { checkUrl } from '../web/web-url.ts';
import { mcpAccess } from './mcp-access.ts';

/** A tenant's MCP server. Admins add it, see what it offers, and approve (pin) its list of tools. */

export const MOST_SERVERS = 20;

/** Part of the names of the server's tools, so it is short. */
export const ServerName = z
  .string()
  .regex(
    /^(?=.{1,20}$)[a-z](?:[-_]?[a-z0-9])*$/,
    'must be 1 to 20 lower-case letters, digits, and single - or _, such as github',
  )
  .meta({ description: 'Part of the names of the tools: mcp__<name>__<tool>' });

/** Checked again, with the addresses of its host, by every request. */
export const ServerUrl = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    const checked = checkUrl(text, undefined, mcpAccess().isAllowedPort);
    if (checked.status === 'allowed' && (checked.url.protocol === 'https:' || mcpAccess().isAllowedPort(80)))
      return checked.url.href;
    context.addIssue(checked.status === 'refused' ? `The URL ${checked.reason}` : 'The URL must begin with https://');
    return z.NEVER;
  })
  .meta({ description: 'The URL of the server, https only, which speaks Streamable HTTP' });

/** Headers that the transport sets itself. */
const OWN_HEADERS =
  /^(host|connection|content-.*|accept.*|transfer-.*|cookie|mcp-.*|user-agent|te|upgrade|expect|proxy-.*)$/;

/** Values are never shown again. A bearer token is `token`. */
export const ServerHeaders = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be a header name in lower case')
      .refine((name) => !OWN_HEADERS.test(name), 'is set by ApexFlow itself'),
    z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,8190}[\x21-\x7e])?$/, 'must be visible ASCII characters'),
  )
  .refine((headers) => Object.keys(headers).length <= 10, 'may have 10 headers at most')
  .meta({ description: 'Headers of every request, such as x-api-key. Stored encrypted.', writeOnly: true });

export const ServerToken = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/, 'must be visible ASCII characters without blanks')
  .meta({ description: 'Sent as Authorization: Bearer. Stored encrypted.', writeOnly: true });

export const Approval = z.enum(['always', 'writes', 'never']).meta({
  description:
    'Whether a person must allow each call: `always`, only for tools that do not say that they only read (`writes`), or `never`',
});

const counts = z.int().min(0);

export const McpServer = z.strictObject({
  id: idSchema('mcp'),
  name: z.string(),
  url: z.string(),
  enabled: z.boolean(),
  approval: Approval,
  header_names: z.array(z.string()).meta({ description: 'The headers that are stored; their values are never shown' }),
  status: z.enum(['untested', 'unapproved', 'approved', 'changed']).meta({
    description:
      'untested: its tools are not known. unapproved: no admin has approved them. changed: it lists something else than what was approved, and the difference is held back',
  }),
  error: z.string().nullable().meta({ description: 'Why the last test failed' }),
  tools: z.strictObject({ offered: counts, added: counts, changed: counts, removed: counts, unusable: counts }),
  is_cut: z.boolean().meta({ description: 'The server lists more tools than are kept; the others are ignored' }),
  listed_hash: z.string().nullable().meta({ description: 'Identifies the list as the server gave it at last' }),
  listed_at: z.iso.datetime({ offset: true }).nullable(),
  pinned_at: z.iso.datetime({ offset: true }).nullable(),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
});

const Hints = z.strictObject({ read_only: z.boolean(), idempotent: z.boolean(), destructive: z.boolean() });
const Shown = z.strictObject({
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema, as a model sees it' }),
  hints: Hints,
});

export const McpServerTool = z.strictObject({
  name: z.string().meta({ description: "The server's name of the tool" }),
  offered_as: z.string().meta({ description: 'The name under which a model calls it' }),
  state: z.enum(['offered', 'added', 'changed', 'removed', 'unusable']),
  fault: z.string().nullable(),
  ...Shown.shape,
  approved: Shown.nullable().meta({ description: 'What was approved, if the server says something else now' }),
});

/** Returns what the encryption of a server's headers is bound to. */
export function headersPlace(tenantId: string, id: string, version: number): Place {
  return ['mcp-server-headers', tenantId, id, version];
}

/** Returns all headers of a request; a token is one of them. */
export function headersOf({
  token,
  headers = {},
}: {
  token?: string | undefined;
  headers?: Record<string, string> | undefined;
}): Record<string, string> {
  return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
}
