import { Bot, Scale } from '@lucide/vue';
import { api } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';
import type { Command } from '../../app/room.ts';
import { lookOf } from '../../parts/status.ts';
import { text } from '../../text/agents.ts';
import { visible } from '../../text/visible.ts';

const MOST = 5;

/** Finds agents by their tasks and councils by their questions for the command palette. */
export async function findAgents(words: string, signal: AbortSignal): Promise<Command[]> {
  const asked = { params: { query: { q: words.slice(0, 200), limit: MOST } }, signal };
  const [agents, councils] = await Promise.all([
    dataOf(api.GET('/api/v1/agents', asked)),
    dataOf(api.GET('/api/v1/agents/council', asked)),
  ]);
  return [
    ...agents.items.map(({ id, task, status }) => ({
      label: shorten(task),
      hint: text.found.agent(lookOf(status).word),
      icon: Bot,
      to: `/agents/${id}`,
    })),
    ...councils.items.map(({ id, question, status }) => ({
      label: shorten(question),
      hint: text.found.council(lookOf(status).word),
      icon: Scale,
      to: `/council/${id}`,
    })),
  ];
}

function shorten(foreign: string): string {
  return visible(foreign).replace(/\s+/g, ' ').slice(0, 120);
}
