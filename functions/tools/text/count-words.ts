import { z } from 'zod';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { textArgument } from '../text-argument.ts';
import { answer, tool } from '../tool.ts';

/**
 * Counts the parts of a text. Words and sentences are those of Unicode's segmentation (UAX 29), which also finds words
 * in languages that write none of the spaces between them. A model that counts by itself is often wrong.
 */
export const countWords = tool({
  name: 'count_words',
  description:
    'Counts the words, characters (with and without spaces), sentences, lines and paragraphs of a text, and estimates its tokens. Use it wherever a length is asked for.',
  parameters: z.strictObject({ text: textArgument('The text to count') }),
  safeToRepeat: true,
  execute: async ({ text }) => {
    const counts = {
      words: count(text, 'word'),
      characters: count(text, 'grapheme'),
      'characters without spaces': count(text.replaceAll(/\s/g, ''), 'grapheme'),
      sentences: count(text, 'sentence'),
      lines: text === '' ? 0 : text.split(/\r\n|[\r\n]/).length - (/[\r\n]$/.test(text) ? 1 : 0),
      paragraphs: countParagraphs(text),
      'tokens (estimated)': estimateTokens(text),
    };
    return answer(
      Object.entries(counts)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n'),
    );
  },
});

function count(text: string, granularity: 'grapheme' | 'word' | 'sentence'): number {
  let found = 0;
  for (const { segment, isWordLike } of new Intl.Segmenter('und', { granularity }).segment(text)) {
    const counts = granularity === 'word' ? isWordLike : granularity === 'grapheme' || segment.trim() !== '';
    if (counts) found += 1;
  }
  return found;
}

/** A paragraph is a group of lines that are not empty. */
function countParagraphs(text: string): number {
  let found = 0;
  let isInside = false;
  for (const line of text.split(/\r\n|[\r\n]/)) {
    const isText = line.trim() !== '';
    if (isText && !isInside) found += 1;
    isInside = isText;
  }
  return found;
}
