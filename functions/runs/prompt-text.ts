import { cutText } from '../platform/cut-text.ts';
import type { NamedValue } from './planning/values.ts';
import type { MessageRow } from './sql/message.ts';

/** The state of a node as a planner that replans sees it. */
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
  /** The user's text: a sprint's task or a planned run's query. */
  task: string;
  /** The planner's or, in a replay, the user's instruction for this node; empty when the task or a message has it. */
  instruction?: string;
  /** Values that earlier nodes wrote. */
  inputs?: readonly NamedValue[];
  /** The names of the values that this node must write; absent for a node that hands over otherwise. */
  writes?: readonly string[];
  /** The other nodes of the run, for a planner that replans. */
  steps?: readonly StepReport[];
  messages: readonly MessageRow[];
  /** Delimited and escaped by the caller. */
  memories: string;
  files: readonly string[];
  reports: readonly { name: string; status: string; result: string | null; error: string | null }[];
}

/**
 * Returns the text that a worker gets at its start. Each text of a user, a worker or the memory is data in its own
 * block.
 */
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
  if (parts.instruction && parts.writes) blocks.push(handOver(parts.writes));
  return blocks.join('\n\n');
}

/** Tells a node of a plan in which form to answer. */
function handOver(writes: readonly string[]): string {
  if (writes.length < 2) return 'Do what the instruction asks. Your final answer is what the others get.';
  return `Do what the instruction asks. Your final answer is one JSON object with the members ${writes.join(', ')}, and nothing else.`;
}

/** Longer results are cut: the planner needs to know what exists, not to repeat it. */
const SHOWN_OF_A_STEP = 4_000;

function stepBlock({ name, worker, status, instruction, writes, result, error }: StepReport): string {
  const text = [
    `instruction: ${instruction}`,
    `writes: ${writes.join(', ') || 'nothing'}`,
    cutText(result ?? error ?? 'not begun', SHOWN_OF_A_STEP),
  ].join('\n');
  return block(`step id="${name}" worker="${worker}" status="${status}"`, text);
}

/**
 * Wraps data in a tag. End tags inside the data are broken with a backslash, so that no text can leave its block. Case
 * and spaces are ignored, because models read tags as tolerantly as browsers do.
 */
function block(tag: string, text: string): string {
  const name = tag.split(' ')[0];
  return `<${tag}>\n${text.replace(new RegExp(`<(?=\\s*/\\s*${name})`, 'gi'), '<\\')}\n</${name}>`;
}
