import { readdirSync } from 'node:fs';
import { showAsData } from '../platform/models/show-as-data.ts';
import { parseWorker } from '../runs/worker.ts';
import type { AgentType } from './agent-type.ts';

/**
 * The built-in types are data, parsed as the files of workers are: a new file in `types/` is a new type. A tenant's own
 * type is foreign text and never has more rights than the built-in types together.
 */

const FOLDER = new URL('./types/', import.meta.url);

let known: ReadonlyMap<string, AgentType> | undefined;

/** Returns the built-in types by name, in the order of their names. */
export function builtInTypes(): ReadonlyMap<string, AgentType> {
  if (known !== undefined) return known;
  const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.md') ? [file.slice(0, -'.md'.length)] : []));
  const types = names.sort().map((name): AgentType => {
    const { description, instruction, tools, turns } = parseWorker(name, FOLDER);
    return { name, description, instruction, tools, turns, model: null, is_builtin: true, updated_at: null };
  });
  known = new Map(types.map((type) => [type.name, type]));
  return known;
}

/** Returns every tool that an agent may have. */
export function allowedTools(): string[] {
  return [...new Set([...builtInTypes().values()].flatMap(({ tools }) => tools))].sort();
}

const WAY =
  'Do your task in this role, with the tools that you have. Answer without calling a tool when you are done: the result first, then what supports it, then what is open.';

/**
 * Returns the instruction for agents of a type. That of an own type describes a role: it stands in a frame that it
 * cannot end, before the rules that close the instruction of every built-in type.
 */
export function instructionOf({ name, instruction, is_builtin: isBuiltIn }: AgentType): string {
  if (isBuiltIn) return instruction;
  const rules = builtInTypes().get('general')?.instruction.split('\n\n').at(-1) ?? '';
  const role = `The role that you play, as your tenant describes it:\n\n<role>\n${showAsData(instruction)}\n</role>`;
  return [`You are the ${name} agent`, role, WAY, rules].join('\n\n');
}
