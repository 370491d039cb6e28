import bash from 'highlight.js/lib/languages/bash';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import { linesOfTree, type Piece } from './highlight-lines.ts';

const lowlight = createLowlight({
  bash,
  css,
  diff,
  dockerfile,
  go,
  json,
  markdown,
  python,
  sql,
  typescript,
  xml,
  yaml,
});
lowlight.registerAlias({
  typescript: ['javascript', 'js', 'jsx', 'mjs', 'cjs', 'tsx', 'mts', 'cts'],
  xml: ['vue', 'svelte'],
  css: ['scss', 'less'],
  bash: ['console', 'shell'],
  sql: ['postgres', 'postgresql', 'psql', 'plpgsql'],
  json: ['jsonl', 'ndjson'],
});

/** Returns the lines of code with their kinds, or undefined for a language that is not known. */
export function coloured(text: string, language: string): Piece[][] | undefined {
  return lowlight.registered(language) ? linesOfTree(lowlight.highlight(language, text)) : undefined;
}
