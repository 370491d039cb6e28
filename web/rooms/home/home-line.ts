import type { Item } from '../../api/client.ts';
import { visible } from '../../text/visible.ts';

/** A run, a tree of agents or a council as the home page shows it. Their texts are foreign. Pure. */
export interface HomeLine {
  id: string;
  kind: 'run' | 'agent' | 'council';
  to: string;
  title: string;
  status: string;
  cost_usd: string;
  isScripted: boolean;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
}

export function lineOfRun({ query, scripted, ...run }: Item<'/api/v1/runs'>): HomeLine {
  return { ...run, kind: 'run', to: `/runs/${run.id}`, title: query, isScripted: scripted };
}

export function lineOfAgent({ task, model, ...agent }: Item<'/api/v1/agents'>): HomeLine {
  return { ...agent, kind: 'agent', to: `/agents/${agent.id}`, title: visible(task), isScripted: isScripted(model) };
}

export function lineOfCouncil({ question, spent_usd, ...council }: Item<'/api/v1/agents/council'>): HomeLine {
  return {
    ...council,
    kind: 'council',
    to: `/council/${council.id}`,
    title: visible(question),
    cost_usd: spent_usd,
    isScripted: council.agents.some(({ model }) => isScripted(model)),
    started_at: council.created_at,
  };
}

/** What waits for the user stands with its question and not here; a paused council has not ended. */
const AT_WORK = ['queued', 'pending', 'running', 'paused'];

/** Returns what is at work, the newest first. */
export function atWorkOf(lines: readonly HomeLine[]): HomeLine[] {
  return lines
    .filter(({ status }) => AT_WORK.includes(status))
    .toSorted((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at));
}

/** Returns what has ended, the last that ended first. The API lists by start. */
export function endedOf(lines: readonly HomeLine[], most: number): HomeLine[] {
  const endOf = ({ completed_at: at }: HomeLine) => (at === null ? Number.NEGATIVE_INFINITY : Date.parse(at));
  return lines
    .filter((line) => line.completed_at !== null)
    .toSorted((one, other) => endOf(other) - endOf(one))
    .slice(0, most);
}

function isScripted(model: string): boolean {
  return model.startsWith('rehearsal/');
}
