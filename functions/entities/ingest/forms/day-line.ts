import type { LineHead } from './line-head.ts';
import { DATE, parseStamp, type Stamp } from './stamp.ts';

const LINE = new RegExp(
  String.raw`^[-–—=*_\s]*(?:Day changed )?(?:(\p{L}[\p{L}\p{M}-]{0,15})[.,،]{0,2} ?)?(?:den |the |le |el )?(${DATE}),? ?(?:[(（]?(\p{L}[\p{L}\p{M}-]{0,15})[)）]?\.?)?[-–—=*_\s]*$`,
  'iu',
);

/**
 * Returns the day that a line names and nothing else: `2026/11/25(水)` of LINE, `---- 2026년 11월 25일 수요일 ----` of
 * KakaoTalk, `Wednesday, November 25, 2026`. Lines with a time alone that follow it are of that day.
 */
export function dayIn({ text }: LineHead): Stamp['date'] {
  const [line, before, written = '', behind] = LINE.exec(text.trim()) ?? [];
  if (line === undefined || ![before, behind].every((word) => word === undefined || isWeekday(word))) return undefined;
  return parseStamp(written)?.date;
}

const LOCALES =
  'en fr de es pt it nl sv da nb fi pl cs sk hu ro el ru uk tr id vi ja ko zh zh-TW ar fa he hi bn th'.split(' ');
let weekdays: Set<string> | undefined;

function isWeekday(word: string): boolean {
  weekdays ??= new Set(
    LOCALES.flatMap((locale) =>
      (['long', 'short'] as const).flatMap((weekday) => {
        const format = new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' });
        return Array.from({ length: 7 }, (_, day) => plain(format.format(day * 86_400_000)));
      }),
    ),
  );
  return weekdays.has(plain(word));
}

function plain(word: string): string {
  return word.normalize('NFC').toLowerCase().replaceAll('.', '');
}
