import { type KeptForm, textIn } from '../../../parts/draft.ts';
import { emptyForm, type StartForm, TEAM, WORKERS } from './form.ts';

/** The draft of a new run. */
export const RUN_DRAFT: KeptForm<StartForm> = {
  name: 'run',
  empty: emptyForm,
  read: ({ task, mode, team, worker, budget, repo, hosts }) => {
    const empty = emptyForm();
    return {
      ...empty,
      task: textIn(task),
      mode: mode === 'planner' || mode === 'worker' ? mode : 'team',
      team: Array.isArray(team) ? TEAM.filter((name) => team.includes(name)) : empty.team,
      worker: WORKERS.find((name) => name === worker) ?? empty.worker,
      budget: textIn(budget),
      repo: textIn(repo),
      hosts: textIn(hosts),
    };
  },
  isEmpty: ({ task, budget, repo, hosts }) => [task, budget, repo, hosts].every((value) => value.trim() === ''),
};
