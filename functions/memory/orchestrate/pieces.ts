import type { TurnHit } from '../../entities/search/hit.ts';
import type { MemoryHit } from '../hit.ts';
import type { RememberedFact } from '../sql/remembered.ts';
import type { Piece, Source } from './reading.ts';

/** How things of memory are shown to a model, and what a citation of them says. */

const NOWHERE = { path: null, block: null, commit_id: null, session_id: null, position: null };

export function pieceOfHit(hit: MemoryHit): Piece {
  if (hit.kind === 'fact') return pieceOfFact(hit);
  if (hit.kind === 'turn') return pieceOfTurn(hit);
  const { path, block, heading, text, commit_id: commitId, valid_from: since } = hit;
  return pieceOfBlock({ path, block, text: heading === '' ? text : `### ${heading}\n${text}`, commitId, since });
}

/** `valid_to` is left out: a search as of a time must not tell that the fact did not last. */
export function pieceOfFact(fact: Omit<RememberedFact, 'valid_to'>): Piece {
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

/** What somebody said is untrusted, whoever it was. */
export function pieceOfTurn({
  session_id: session,
  position,
  speaker,
  said_at: saidAt,
  text,
  caption,
}: SaidTurn): Piece {
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

/** A block of a file as it stands in a commit; `block` is empty for what stands before the first one. Untrusted: it was written from sessions. */
export function pieceOfBlock(part: {
  path: string;
  block: string;
  text: string;
  /** The commit that this text of it came with, where that is known. */
  commitId: string;
  since: string;
  lines?: string;
}): Piece {
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

/** What a commit did, to all that it changed or to one block of a file. */
export function pieceOfCommit(change: {
  path: string;
  block?: string;
  commitId: string;
  committedAt: string;
  sessionId: string | null;
  text: string;
  attributes: Record<string, string>;
}): Piece {
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
