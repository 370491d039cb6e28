import { api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import type { Command } from '../../app/room.ts';
import { text } from '../../text/memory.ts';
import { nameOf } from './entity/folders.ts';
import { entityPath } from './paths.ts';
import { shorten } from './time/words.ts';

const MOST = 5;

/** Finds facts and entities of the caller's own memory for the command palette. */
export async function findMemory(words: string, signal: AbortSignal): Promise<Command[]> {
  const { items } = await dataOf(
    api.POST('/api/v1/memory/search', { body: { query: words, k: MOST * 2, kinds: ['fact', 'block'] }, signal }),
  );
  const commands = new Map<string, Command>();
  for (const hit of items) {
    if (hit.kind === 'fact') {
      const to = `/memory/facts?fact=${hit.id}`;
      commands.set(to, { label: shorten(hit.text, 90), hint: text.facts.detail, to });
    } else if (hit.kind === 'block') {
      const to = entityPath(hit.path);
      if (!commands.has(to)) commands.set(to, { label: nameOf(hit.path), hint: shorten(hit.text, 50), to });
    }
  }
  return [...commands.values()].slice(0, MOST);
}
