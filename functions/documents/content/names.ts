import { ACCEPTED_TYPES, type MediaType } from '../upload-limits.ts';

/** Endings of files that are neither text nor accepted, with the words for people. */
const FOREIGN: Record<string, string> = {
  ...of('an archive', '7z bz2 gz iso jar rar tar tgz xz zip zst'),
  ...of('an office document', 'doc docx epub key numbers odp ods odt pages ppt pptx xls xlsx'),
  ...of('an image of another type', 'avif bmp heic heif ico jp2 psd tif tiff'),
  ...of('sound or a film', 'aac avi flac m4a m4v mkv mov mp3 mp4 mpeg mpg ogg opus wav webm wma wmv'),
  ...of('a program', 'apk bin class com dll dmg exe msi o so wasm'),
  ...of('a font', 'eot otf ttf woff woff2'),
  ...of('a database', 'db parquet sqlite sqlite3'),
};

function of(what: string, endings: string): Record<string, string> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, what]));
}

/** What a name says about a file. `any`: it has no ending, so its content alone decides. */
export type NamedKind = { kind: 'any' } | { kind: 'type'; mediaType: MediaType } | { kind: 'foreign'; what: string };

/** Returns what the ending of a name says. An ending that is not known, such as `.rs`, is a text's. */
export function kindOfName(filename: string): NamedKind {
  const dot = filename.lastIndexOf('.');
  // A leading dot begins a name such as .env.
  if (dot <= 0 || dot === filename.length - 1) return { kind: 'any' };
  const ending = filename.slice(dot + 1).toLowerCase();
  const type = ACCEPTED_TYPES.find(({ endings }) => endings.includes(ending));
  if (type !== undefined) return { kind: 'type', mediaType: type.mediaType };
  const what = Object.hasOwn(FOREIGN, ending) ? FOREIGN[ending] : undefined;
  return what === undefined ? { kind: 'type', mediaType: 'text/plain' } : { kind: 'foreign', what };
}
