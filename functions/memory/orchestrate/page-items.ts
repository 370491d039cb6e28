import type { TurnHit } from '../../entities/search/hit.ts';
import type { Memory } from '../memory.ts';
import type { MemoryHit } from '../search/hit.ts';
import type { PageItem, Source } from './shown-sources.ts';

/** Renders facts, turns, blocks and commits as items for the model, with the fields of a citation. */

const NOWHERE = { path: null, block: null, commit_id: null, session_id: null, position: null };

export function hitItem(hit: MemoryHit): PageItem {
  if (hit.kind === 'fact') return factItem(hit);
  if (hit.kind === 'turn') return turnItem(hit);
  const { path, block, heading, text, commit_id: commitId, valid_from: since } = hit;
  return blockItem({ path, block, text: heading === '' ? text : `### ${heading}\n${text}`, commitId, since });
}

type CitedFact = Pick<
  Memory,
  'id' | 'text' | 'trust' | 'flags' | 'source' | 'source_kind' | 'source_id' | 'valid_from'
>;

/** Renders a fact. Leaves `valid_to` out, because a search as of a time must not show that the fact ended later. */
export function factItem(fact: CitedFact): PageItem {
  const { id, text, trust, flags, source_id: sourceId, valid_from: since } = fact;
  const source = fact.source ?? fact.source_kind;
  return {
    tag: 'fact',
    text,
    attributes: {
      id,
      trust,
      since,
      source,
      ...(sourceId === null ? {} : { session: sourceId }),
      ...(flags.length === 0 ? {} : { flags: flags.join(', ') }),
    },
    source: { ...NOWHERE, kind: 'fact', id, trust, source, said_at: null, valid_from: since, flags },
  };
}

type SaidTurn = Pick<TurnHit, 'session_id' | 'position' | 'speaker' | 'said_at' | 'text' | 'caption'>;

/** Renders a turn. A turn is untrusted, whoever said it. */
export function turnItem({
  session_id: session,
  position,
  speaker,
  said_at: saidAt,
  text,
  caption,
}: SaidTurn): PageItem {
  return {
    tag: 'turn',
    text: caption === null ? text : `${text}\n[picture: ${caption}]`,
    attributes: { session, turn: String(position), speaker, said_at: saidAt },
    source: {
      ...NOWHERE,
      kind: 'turn',
      id: `${session}#${position}`,
      session_id: session,
      position,
      trust: 'untrusted',
      source: speaker,
      said_at: saidAt,
      valid_from: null,
      flags: [],
    },
  };
}

/**
 * Renders a block of an entity file in a commit; an empty `block` is the text before the first block. A block is
 * untrusted, because it was written from sessions.
 */
export function blockItem(part: {
  path: string;
  block: string;
  text: string;
  /** The commit that wrote this text, where it is known. */
  commitId: string;
  since: string;
  lines?: string;
}): PageItem {
  const { path, block, text, commitId, since, lines } = part;
  return {
    tag: 'block',
    text,
    attributes: {
      path,
      ...(block === '' ? {} : { block }),
      ...(lines === undefined ? {} : { lines }),
      commit: commitId,
      since,
    },
    source: {
      ...NOWHERE,
      kind: 'block',
      id: block === '' ? path : `${path}#${block}`,
      path,
      block: block === '' ? null : block,
      commit_id: commitId,
      trust: 'untrusted',
      source: 'entity memory',
      said_at: null,
      valid_from: since,
      flags: [],
    },
  };
}

/** Renders the change of a commit, to a whole file or to one block. */
export function commitItem(change: {
  path: string;
  block?: string;
  commitId: string;
  committedAt: string;
  sessionId: string | null;
  text: string;
  attributes: Record<string, string>;
}): PageItem {
  const { path, block, commitId, committedAt, sessionId, text, attributes } = change;
  const source: Source = {
    ...NOWHERE,
    kind: 'commit',
    id: block === undefined ? commitId : `${commitId}#${path}#${block}`,
    path,
    block: block ?? null,
    commit_id: commitId,
    session_id: sessionId,
    trust: 'untrusted',
    source: 'entity memory',
    said_at: committedAt,
    valid_from: null,
    flags: [],
  };
  const where = { path, commit: commitId, at: committedAt, ...attributes };
  return { tag: 'commit', text, attributes: sessionId === null ? where : { ...where, session: sessionId }, source };
}
