import { lineHead } from './line-head.ts';
import type { WrittenTurn } from './read-lines.ts';
import { looksLikeName } from './speaker-name.ts';

const CUE = /^ *(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,6})? *--> *(?:\d{1,3}:)?\d{1,2}:\d{1,2}/;
const VOICE = /^<v(?:\.[^\s>.]{1,40})* ([^>]{1,100})>/i;
const NAMED = /^[-–>]{0,2} ?(\[?)([^:：\n"“”<>[\]|]{1,80}?)(\]?) ?(?:：|:(?=\s|$|[^\p{ASCII}]))/u;
const TAG = /<\/?(?:v|c|i|b|u|lang|ruby|rt|font)(?:[. ][^>]{0,100})?>|<\d[\d:.]{4,14}>/gi;

/** Returns whether a text is WebVTT or SRT: the first lines have the times of a cue. */
export function hasCues(text: string): boolean {
  const start = text.slice(0, 2000).replace(/^\ufeff/, '');
  return /^WEBVTT(?:\s|$)/.test(start) || start.split('\n', 4).some((line) => CUE.test(line));
}

/**
 * Reads subtitles. A speaker is named by `<v Anna>`, by `Anna: ` at the start of a cue, or on the first line of a cue,
 * as Teams writes it. Cues of the same speaker in a row are one turn, and a cue without a speaker continues it. Runs in
 * linear time.
 */
export function readCues(text: string): WrittenTurn[] {
  const cues = cuesOf(text.split('\n'));
  const isOfTeams =
    !/^\ufeff?WEBVTT/.test(text) && cues.every(({ lines, hasNumber }) => lines.length >= 2 && !hasNumber);
  const turns: { speaker: string | undefined; lines: string[] }[] = [];
  for (const { lines } of cues) {
    const own = isOfTeams ? lines.slice(1) : lines;
    let speaker = isOfTeams ? lines[0]?.trim() : undefined;
    for (const line of own) {
      const { name, words } = isOfTeams ? { name: undefined, words: line } : voiceOf(line);
      speaker = name ?? speaker;
      const last = turns.at(-1);
      if (last === undefined || (speaker !== undefined && last.speaker !== speaker))
        turns.push({ speaker, lines: [words] });
      else last.lines.push(words);
    }
  }
  return turns
    .map((turn) => ({ speaker: turn.speaker, text: turn.lines.filter((line) => line !== '').join('\n') }))
    .filter(({ text: words }) => words !== '');
}

function cuesOf(lines: readonly string[]): { lines: string[]; hasNumber: boolean }[] {
  const cues: { lines: string[]; hasNumber: boolean }[] = [];
  let isOpen = false;
  for (const [at, line] of lines.entries()) {
    if (CUE.test(line)) {
      cues.push({ lines: [], hasNumber: /^\s*\d+\s*$/.test(lines[at - 1] ?? '') });
      isOpen = true;
    } else if (line.trim() === '') isOpen = false;
    else if (isOpen) cues.at(-1)?.lines.push(line.trim());
  }
  return cues;
}

function voiceOf(line: string): { name: string | undefined; words: string } {
  const [voice, named] = VOICE.exec(line) ?? [];
  if (voice !== undefined && named !== undefined)
    return { name: named.trim(), words: line.slice(voice.length).replaceAll(TAG, '').trim() };
  const plain = line.replaceAll(TAG, '').trim();
  const head = lineHead(plain);
  const [start, open = '', name = '', close = ''] = NAMED.exec(head.text) ?? [];
  if (start === undefined || (open === '') !== (close === '')) return { name: undefined, words: plain };
  const from = head.text.indexOf(name);
  const speaker = head.original(from, from + name.length);
  return looksLikeName(speaker) ? { name: speaker, words: head.rest(start.length) } : { name: undefined, words: plain };
}
