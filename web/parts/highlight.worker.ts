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
import { type HighlightInput, linesOfTree } from './highlight-lines.ts';

/** Colours code away from the page's thread. Answers nothing for a language that it does not know. */
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

self.onmessage = ({ data }: MessageEvent<{ id: number; input: HighlightInput }>) => {
  const { text, language } = data.input;
  const output = lowlight.registered(language) ? linesOfTree(lowlight.highlight(language, text)) : undefined;
  self.postMessage({ id: data.id, output });
};
