import type {
  ListResourcesResult,
  ListResourceTemplatesResult,
  ReadResourceResult,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { readOperation } from './api-operation.ts';
import { type ApiAnswer, type ApiCaller, callApi } from './call-api.ts';

/** A kind of resource: a list of our API, and how to read one item. */
interface Kind {
  /** The begin of the URI; the rest is the value of `parameter`. */
  prefix: string;
  template: string;
  title: string;
  description: string;
  list: string;
  read: string;
  parameter: string;
  mimeType: string;
  /** Returns the value of `parameter` and a name for people. */
  describe(item: Record<string, unknown>): { id: string; name: string };
  /** Returns the text of the resource. */
  render(answer: ApiAnswer): string;
}

const Run = z.object({ id: z.string(), query: z.string() });
const Entity = z.object({ path: z.string(), name: z.string() });

const KINDS: readonly Kind[] = [
  {
    prefix: 'apexflow://runs/',
    template: 'apexflow://runs/{id}',
    title: 'Run',
    description: 'A run or sprint: status, nodes, open questions, cost and result',
    list: 'GET /api/v1/runs',
    read: 'GET /api/v1/runs/{id}',
    parameter: 'id',
    mimeType: 'application/json',
    describe: (item) => {
      const { id, query } = Run.parse(item);
      return { id, name: cutText(query, 100) };
    },
    render: ({ text }) => text,
  },
  {
    prefix: 'apexflow://entities/',
    template: 'apexflow://entities/{+path}',
    title: 'Entity',
    description: 'A person, project, decision or event of the memory',
    list: 'GET /api/v1/memory/entities',
    read: 'GET /api/v1/memory/entities/{entity}',
    parameter: 'entity',
    mimeType: 'text/markdown',
    describe: (item) => {
      const { path, name } = Entity.parse(item);
      return { id: path, name };
    },
    render: ({ text, json }) => z.object({ text: z.string() }).safeParse(json).data?.text ?? text,
  },
];

export function listResourceTemplates(): ListResourceTemplatesResult {
  return {
    resourceTemplates: KINDS.map(({ template, title, description, mimeType }) => ({
      uriTemplate: template,
      name: title,
      description,
      mimeType,
    })),
  };
}

const Page = z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() });

/**
 * Lists runs, then entities, page by page. The cursor names the kind: `0:` and the cursor of its list. A kind that the
 * caller may not read has no items.
 * @returns undefined for a cursor that is not ours
 */
export async function listResources(
  cursor: string | undefined,
  caller: ApiCaller,
): Promise<ListResourcesResult | undefined> {
  const [, digit = '0', rest = ''] = /^(\d):(.{0,2000})$/.exec(cursor ?? '0:') ?? [undefined, 'none'];
  const position = Number(digit);
  const kind = KINDS[position];
  if (kind === undefined) return undefined;
  const operation = await readOperation(kind.list);
  const answer = await callApi(operation, { limit: 50, ...(rest === '' ? {} : { cursor: rest }) }, caller);
  if (answer.status === 400) return undefined;
  const page = Page.safeParse(answer.json).data ?? { items: [], next_cursor: null };
  const next = page.next_cursor === null ? position + 1 : position;
  return {
    resources: page.items.map((item) => {
      const { id, name } = kind.describe(item);
      return { uri: kind.prefix + encodeURI(id), name, title: name, mimeType: kind.mimeType };
    }),
    ...(next < KINDS.length ? { nextCursor: `${next}:${page.next_cursor ?? ''}` } : {}),
  };
}

/** Reads a resource. Returns undefined when the caller can see no resource of this URI. */
export async function readResource(uri: string, caller: ApiCaller): Promise<ReadResourceResult | undefined> {
  const kind = KINDS.find(({ prefix }) => uri.startsWith(prefix));
  const id = kind && decode(uri.slice(kind.prefix.length));
  if (kind === undefined || !id) return undefined;
  const answer = await callApi(await readOperation(kind.read), { [kind.parameter]: id }, caller);
  if (answer.status !== 200) return undefined;
  return { contents: [{ uri, mimeType: kind.mimeType, text: kind.render(answer) }] };
}

function decode(text: string): string | undefined {
  try {
    return decodeURI(text);
  } catch {
    return undefined;
  }
}
