import type { MessageRow } from './sql/message.ts';
import type { NamedValue } from './values.ts';

/** A node of the run as a planner in the middle of it is shown. */
export interface StepReport {
  name: string;
  worker: string;
  status: string;
  instruction: string;
  writes: readonly string[];
  result: string | null;
  error: string | null;
}

export interface PromptParts {
  /** What a person gave: a sprint's task, or a planned run's query. */
  task: string;
  /** What a planner asks this node to do; empty where a message or the task itself says it. */
  instruction?: string;
  /** What earlier nodes of a plan left for it. */
  inputs?: readonly NamedValue[];
  /** Names under which its answer is handed on. */
  writes?: readonly string[];
  /** What a planner in the middle of a run has to know. */
  steps?: readonly StepReport[];
  messages: readonly MessageRow[];
  /** Already delimited and escaped. */
  memories: string;
  files: readonly string[];
  reports: readonly { name: string; status: string; result: string | null; error: string | null }[];
}

/** What a worker is told at its start. Everything that a person, a worker or a memory said stands in a block of its own and is data. */
export function promptText(parts: PromptParts): string {
  const blocks = [block('task', parts.task)];
  if (parts.instruction) blocks.push(block('instruction', parts.instruction));
  for (const input of parts.inputs ?? [])
    blocks.push(block(`input name="${input.name}" from="${input.from}"`, input.text));
  for (const step of parts.steps ?? []) blocks.push(stepBlock(step));
  if (parts.memories !== '') blocks.push(parts.memories);
  for (const message of parts.messages) blocks.push(block(`message from="${message.from_worker}"`, message.content));
  for (const report of parts.reports) {
    blocks.push(
      block(
        `report worker="${report.name}" status="${report.status}"`,
        report.result ?? report.error ?? 'It was not needed.',
      ),
    );
  }
  if (parts.files.length > 0) blocks.push(block('files', parts.files.join('\n')));
  if (parts.instruction) blocks.push(handOver(parts.writes ?? []));
  return blocks.join('\n\n');
}

/** How a node of a plan hands its part on. */
function handOver(writes: readonly string[]): string {
  if (writes.length < 2) return 'Do what the instruction asks. Your final answer is what the others get.';
  return `Do what the instruction asks. Your final answer is one JSON object with the members ${writes.join(', ')}, and nothing else.`;
}

/** Long results are cut: a planner has to know what is there, not to repeat it. */
const SHOWN_OF_A_STEP = 4_000;

function stepBlock({ name, worker, status, instruction, writes, result, error }: StepReport): string {
  const text = [
    `instruction: ${instruction}`,
    `writes: ${writes.join(', ') || 'nothing'}`,
    (result ?? error ?? 'not begun').slice(0, SHOWN_OF_A_STEP),
  ].join('\n');
  return block(`step id="${name}" worker="${worker}" status="${status}"`, text);
}

/**
 * Delimits data. An end tag inside it is broken with a zero-effect backslash, so that no text can leave its block; in every case and with every space, because
 * models read tags as loosely as browsers do.
 */
function block(tag: string, text: string): string {
  const name = tag.split(' ')[0];
  return `<${tag}>\n${text.replace(new RegExp(`<(?=\\s*/\\s*${name})`, 'gi'), '<\\')}\n</${name}>`;
}
