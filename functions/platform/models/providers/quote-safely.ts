import { cutText } from '../../cut-text.ts';
import type { ModelRequest } from '../model.ts';

const MOST_READ = 600;
const MOST_QUOTED = 200;
/** So many words in a row that are also in the request are a quotation of it. */
const QUOTED_WORDS = 3;
/** Keys, ids and other words that no person wrote; names of fields are letters, dots and lines. */
const OPAQUE = /^(?=.{12})(?![a-z]{1,20}(?:[._][a-z]{1,20})*$)/i;

/**
 * Returns the beginning of a server's message about a request, without what may be a key or a part of the prompt: up to
 * the first value in braces or words of the request, and with `…` for opaque words.
 */
export function quoteSafely(message: string, request: Pick<ModelRequest, 'system' | 'messages'>): string {
  const [head = ''] = message
    .slice(0, MOST_READ)
    .replace(/^\d{3} /, '')
    .split(/[{}[\]<>\n]/, 1);
  const words = head.split(/\s+/).filter((word) => word !== '');
  const plain = words.map((word) => word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
  const asked = ` ${wordsOf(request).join(' ')} `;
  const quoted = plain.findIndex((word, index) => {
    const run = plain.slice(index, index + QUOTED_WORDS).filter((one) => one !== '');
    return run.length === QUOTED_WORDS && word !== '' && asked.includes(` ${run.join(' ')} `);
  });
  const own = quoted === -1 ? words : words.slice(0, quoted);
  return cutText(own.map(masked).join(' '), MOST_QUOTED);
}

function wordsOf({ system, messages }: Pick<ModelRequest, 'system' | 'messages'>): string[] {
  const text = `${system} ${messages.map(textOf).join(' ')}`.toLowerCase();
  return text
    .split(/\s+/)
    .map((word) => word.replaceAll(/[^\p{L}\p{N}]/gu, ''))
    .filter((word) => word !== '');
}

function textOf(message: ModelRequest['messages'][number]): string {
  if (message.role === 'user') return message.text;
  if (message.role === 'tool') return message.results.map(({ output }) => output).join(' ');
  return `${message.text} ${JSON.stringify(message.toolCalls)}`;
}

function masked(word: string): string {
  const bare = word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return OPAQUE.test(bare) ? word.replace(bare, '…') : word;
}
