/** The language of a file by its name, for the colours of code. */
const BY_ENDING: Record<string, string> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  tsx: 'typescript',
  json: 'json',
  html: 'xml',
  vue: 'xml',
  xml: 'xml',
  svg: 'xml',
  css: 'css',
  md: 'markdown',
  py: 'python',
  sh: 'bash',
  yml: 'yaml',
  yaml: 'yaml',
  sql: 'sql',
  go: 'go',
  rs: 'rust',
};

export function languageOf(path: string): string {
  return BY_ENDING[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? '';
}
