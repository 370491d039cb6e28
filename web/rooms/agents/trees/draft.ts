import { type KeptForm, textIn } from '../../../parts/draft.ts';

/** What the form of a new agent holds, as the user wrote it. */
export interface AgentDraft {
  task: string;
  type: string;
  /** The tools of the type that it goes without. */
  without: string[];
  model: string;
  budget: string;
}

const emptyDraft = (): AgentDraft => ({ task: '', type: 'general', without: [], model: '', budget: '' });

/** The draft of a new agent. */
export const AGENT_DRAFT: KeptForm<AgentDraft> = {
  name: 'agent',
  empty: emptyDraft,
  read: ({ task, type, without, model, budget }) => ({
    task: textIn(task),
    type: textIn(type) || emptyDraft().type,
    without: Array.isArray(without) ? without.filter((name) => typeof name === 'string') : [],
    model: textIn(model),
    budget: textIn(budget),
  }),
  isEmpty: ({ task }) => task.trim() === '',
};
