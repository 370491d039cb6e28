import type { ModelMessage, ModelRequest } from '../../platform/models/model.ts';
import type { PlannedRole } from './planned-script.ts';

/** What the rehearsal can see of the stage it is on, read off the conversation as a model would read it. */
export interface Scene {
  role: 'plan' | 'backend' | 'frontend' | 'devops' | 'summary' | PlannedRole;
  /** How many times this worker has spoken. */
  turn: number;
  /** Whom it can write to. */
  team: string[];
  /** Paths that `list_files` named. */
  files: string[];
  /** What the others reported, for the summary. */
  reports: { worker: string; status: string }[];
  /** Facts of earlier sprints that it was given. */
  memories: string[];
}

export function sceneOf(request: ModelRequest): Scene {
  const [first] = request.messages;
  const told = first?.role === 'user' ? first.text : '';
  return {
    role: roleOf(request.system),
    turn: request.messages.filter((message) => message.role === 'assistant').length,
    team: recipients(request),
    files: request.messages.flatMap(listedFiles),
    reports: [...told.matchAll(/<report worker="(\w+)" status="(\w+)">/g)].map(([, worker = '', status = '']) => ({
      worker,
      status,
    })),
    memories: [...told.matchAll(/<memory [^>]*>(.*?)<\/memory>/g)].map(([, text = '']) => text),
  };
}

const PLANNED_ROLES = ['planner', 'retriever', 'thinker', 'coder', 'summarizer', 'formatter'] as const;

function roleOf(system: string): Scene['role'] {
  const worker = /^You are the (\w+) worker/.exec(system)?.[1];
  if (worker === 'backend' || worker === 'frontend' || worker === 'devops') return worker;
  const planned = PLANNED_ROLES.find((role) => role === worker);
  if (planned !== undefined) return planned;
  return system.includes('You do not write files yourself') ? 'plan' : 'summary';
}

/** The tool's own description names whom one can write to. */
function recipients(request: ModelRequest): string[] {
  const description = request.tools.find((tool) => tool.name === 'send_message')?.description ?? '';
  return /team: ([\w, ]+)\./.exec(description)?.[1]?.split(', ') ?? [];
}

function listedFiles(message: ModelMessage): string[] {
  if (message.role !== 'tool') return [];
  const listings = message.results.filter((result) => result.name === 'list_files' && !result.isError);
  return listings.flatMap((listing) => listing.output.match(/[\w.-]+(?:\/[\w.-]+)*\.\w+/g) ?? []);
}
