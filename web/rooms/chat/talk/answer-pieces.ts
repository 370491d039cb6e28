import type { Part, ToolPart } from '../chat.ts';

/** An answer as it is drawn: texts, and between them what was done: thoughts and tools in a row. Pure. */
export type Piece =
  | { kind: 'text'; key: string; text: string }
  | { kind: 'doing'; key: string; parts: readonly Doing[] };

export type Doing = Exclude<Part, { type: 'text' }>;

/** From this number of tools in a row they are folded. */
const FOLDED_FROM = 2;

export function piecesOf(parts: readonly Part[]): Piece[] {
  const pieces: Piece[] = [];
  for (const part of parts) {
    const last = pieces.at(-1);
    if (part.type === 'text') pieces.push({ kind: 'text', key: `text:${part.turn}`, text: part.text });
    else if (last?.kind === 'doing') pieces[pieces.length - 1] = { ...last, parts: [...last.parts, part] };
    else pieces.push({ kind: 'doing', key: `doing:${keyOf(part)}`, parts: [part] });
  }
  return pieces;
}

/** The name of a part in the times of a live answer. */
export function keyOf(part: Doing): string {
  return part.type === 'tool' ? `tool:${part.id}` : `thinking:${part.turn}`;
}

export function toolsOf(parts: readonly Doing[]): ToolPart[] {
  return parts.filter((part) => part.type === 'tool');
}

export function isFolded(parts: readonly Doing[]): boolean {
  return toolsOf(parts).length >= FOLDED_FROM;
}

/** Returns the run that a call of `start_run` or `spawn_agent` has started, and of the latter the agent. */
export function startedRunOf(part: ToolPart): { id: string; agent: string | undefined } | undefined {
  if (!['start_run', 'spawn_agent'].includes(part.tool) || part.is_error) return undefined;
  const id = idIn(part.output, 'run');
  return id === undefined
    ? undefined
    : { id, agent: part.tool === 'spawn_agent' ? idIn(part.output, 'agent') : undefined };
}

function idIn(output: string | null, prefix: 'run' | 'agent'): string | undefined {
  return new RegExp(`\\b${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}\\b`).exec(output ?? '')?.[0];
}

/** What tells one call from another: the first argument that is short text. */
export function aboutOf({ arguments: given }: ToolPart): string {
  const texts = Object.values(given).filter((value) => typeof value === 'string' && value.trim() !== '');
  return String(texts[0] ?? '')
    .replace(/\s+/g, ' ')
    .slice(0, 120);
}
