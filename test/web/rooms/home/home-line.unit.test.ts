import { expect, it } from 'vitest';
import type { Item } from '../../../../web/api/client.ts';
import { atWorkOf, endedOf, lineOfAgent, lineOfCouncil, lineOfRun } from '../../../../web/rooms/home/home-line.ts';

const at = (minute: number) => `2026-11-30T12:0${minute}:00Z`;
const run = (id: string, status: string, created: number, completed: number | null) =>
  lineOfRun({
    id,
    query: 'Build',
    status,
    scripted: false,
    created_at: at(created),
    completed_at: completed === null ? null : at(completed),
  } as Item<'/api/v1/runs'>);
const agent = (id: string, status: string, created: number, completed: number | null) =>
  lineOfAgent({
    id,
    task: 'Dig',
    status,
    model: 'gemini/x',
    created_at: at(created),
    completed_at: completed === null ? null : at(completed),
  } as Item<'/api/v1/agents'>);
const council = (id: string, status: string, created: number, completed: number | null) =>
  lineOfCouncil({
    id,
    question: 'Why?',
    status,
    agents: [{ name: 'Ada', persona: '', model: 'rehearsal/scripted' }],
    spent_usd: '0.1',
    created_at: at(created),
    completed_at: completed === null ? null : at(completed),
  } as Item<'/api/v1/agents/council'>);

it('runs, agents and councils are one list, each with the way to its own page', () => {
  const lines = [
    run('run_1', 'running', 1, null),
    agent('agent_1', 'running', 3, null),
    agent('agent_2', 'waiting_input', 4, null),
    council('council_1', 'paused', 2, null),
    council('council_2', 'completed', 1, 2),
  ];
  expect(atWorkOf(lines).map(({ to }) => to)).toEqual(['/agents/agent_1', '/council/council_1', '/runs/run_1']);
  expect(lines.at(-1)).toMatchObject({ title: 'Why?', cost_usd: '0.1', isScripted: true, started_at: at(1) });
});

it('what has ended is listed by its end, and only the newest', () => {
  const lines = [
    run('run_1', 'completed', 1, 5),
    agent('agent_1', 'failed', 1, 7),
    council('council_1', 'cancelled', 1, 6),
    council('council_2', 'running', 8, null),
    run('run_2', 'completed', 2, 3),
  ];
  expect(endedOf(lines, 3).map(({ id }) => id)).toEqual(['agent_1', 'council_1', 'run_1']);
});
