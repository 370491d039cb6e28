import type { MessageRow } from './sql/message.ts';

export interface PromptParts {
  task: string;
  messages: readonly MessageRow[];
  /** Already delimited and escaped. */
  memories: string;
  files: readonly string[];
  reports: readonly { name: string; status: string; result: string | null; error: string | null }[];
}

/** What a worker is told at its start. Everything that a person, a worker or a memory said stands in a block of its own and is data. */
export function promptText(parts: PromptParts): string {
  const blocks = [block('task', parts.task)];
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
  return blocks.join('\n\n');
}

/**
 * Delimits data. An end tag inside it is broken with a zero-effect backslash, so that no text can leave its block; in every case and with every space, because
 * models read tags as loosely as browsers do.
 */
function block(tag: string, text: string): string {
  const name = tag.split(' ')[0];
  return `<${tag}>\n${text.replace(new RegExp(`<(?=\\s*/\\s*${name})`, 'gi'), '<\\')}\n</${name}>`;
}
