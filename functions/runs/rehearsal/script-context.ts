import type { ModelMessage, ModelRequest } from '../../platform/models/model.ts';

const PLANNED_ROLES = ['planner', 'retriever', 'thinker', 'coder', 'summarizer', 'formatter'] as const;
/** The workers of a planned run. */
export type PlannedRole = (typeof PLANNED_ROLES)[number];
export type Role = 'plan' | 'backend' | 'frontend' | 'devops' | 'summary' | PlannedRole;

/** What one worker says in one turn, and the tools that it calls. A turn without calls is its last. */
export interface Line {
  say: string | ((context: ScriptContext) => string);
  calls: Call[];
}

export interface Call {
  name: string;
  arguments: Record<string, unknown>;
}

/** What the rehearsal reads from the conversation, as a model would. */
export interface ScriptContext {
  role: Role;
  /** The number of turns that the worker has taken. */
  turn: number;
  /** The workers to whom it can write. */
  team: string[];
  /** Paths from the results of `list_files`. */
  files: string[];
  /** The reports of the other workers, for the summary. */
  reports: { worker: string; status: string }[];
  /** Facts of earlier sprints in the prompt. */
  memories: string[];
}

/** Reads the context of the worker's next turn from a model request. */
export function contextOf(request: ModelRequest): ScriptContext {
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
    memories: [...told.matchAll(/<memory [^<>]*>((?:(?!<memory ).)*?)<\/memory>/g)].map(([, text = '']) => text),
  };
}

function roleOf(system: string): Role {
  const worker = /^You are the (\w+) worker/.exec(system)?.[1];
  if (worker === 'backend' || worker === 'frontend' || worker === 'devops') return worker;
  const planned = PLANNED_ROLES.find((role) => role === worker);
  if (planned !== undefined) return planned;
  return system.includes('You do not write files yourself') ? 'plan' : 'summary';
}

/** Returns the workers to whom the worker can write, which the description of `send_message` names. */
function recipients(request: ModelRequest): string[] {
  const description = request.tools.find((tool) => tool.name === 'send_message')?.description ?? '';
  return /team: ([\w, ]+)\./.exec(description)?.[1]?.split(', ') ?? [];
}

function listedFiles(message: ModelMessage): string[] {
  if (message.role !== 'tool') return [];
  const listings = message.results.filter((result) => result.name === 'list_files' && !result.isError);
  const words = listings.flatMap((listing) => listing.output.match(/[\w.-]+(?:\/[\w.-]+)*/g) ?? []);
  return words.filter((word) => /.\.\w+$/.test(word));
}
