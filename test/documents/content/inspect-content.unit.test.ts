import { describe, expect, test } from 'vitest';
import { inspectContent, refuseByName, type SentFile } from '../../../functions/documents/content/inspect-content.ts';
import { gif, jpeg, pdf, png, webp, zipEnd } from '../files.ts';

const inspect = (filename: string, bytes: Buffer, announcedType: SentFile['announcedType'] = null) =>
  inspectContent({ filename, announcedType, bytes }, new AbortController().signal);
const text = (content: string) => Buffer.from(content);
const utf16 = (content: string) => Buffer.from(`\ufeff${content}`, 'utf16le');

describe('accepts', () => {
  test.each([
    ['a.png', png(800, 600), { mediaType: 'image/png', width: 800, height: 600 }],
    ['a.PNG', png(8_000, 8_000), { mediaType: 'image/png', width: 8_000, height: 8_000 }],
    ['a.jpeg', jpeg(3, 4), { mediaType: 'image/jpeg', width: 3, height: 4 }],
    ['a.gif', gif(5, 6), { mediaType: 'image/gif', width: 5, height: 6 }],
    ['lossy.webp', webp('VP8 ', 7, 8), { mediaType: 'image/webp', width: 7, height: 8 }],
    ['lossless.webp', webp('VP8L', 70, 800), { mediaType: 'image/webp', width: 70, height: 800 }],
    ['extended.webp', webp('VP8X', 700, 80), { mediaType: 'image/webp', width: 700, height: 80 }],
    ['no-ending', png(), { mediaType: 'image/png', width: 2, height: 1 }],
    ['notes.md', text('Größe\tü\r\n😀'), { mediaType: 'text/plain', text: 'Größe\tü\r\n😀' }],
    ['marked.txt', text('\ufeffmarked'), { mediaType: 'text/plain', text: 'marked' }],
    ['windows.txt', utf16('wide ü'), { mediaType: 'text/plain', text: 'wide ü' }],
    ['big-endian.txt', utf16('wide').swap16(), { mediaType: 'text/plain', text: 'wide' }],
    // Never served as what they say: they are text.
    ['page.html', text('<script>alert(1)</script>'), { mediaType: 'text/plain', text: '<script>alert(1)</script>' }],
    ['drawing.svg', text('<svg onload="x()"/>'), { mediaType: 'text/plain', text: '<svg onload="x()"/>' }],
    ['.env', text('A=1'), { mediaType: 'text/plain', text: 'A=1' }],
    ['unknown.ending', text('x'), { mediaType: 'text/plain', text: 'x' }],
  ])('%s', async (filename, bytes, found) => {
    expect(await inspect(filename, bytes)).toEqual({ status: 'ready', ...found });
  });
});

const refused = (status: number, ...words: string[]) => ({
  status,
  message: expect.stringMatching(new RegExp(words.map((word) => `(?=.*${word})`).join(''))),
});

describe('refuses', () => {
  test.each<[string, Buffer, ...string[]]>([
    ['photo.png', gif(), 'image/gif by its content', 'image/png by its name'],
    ['photo.png', text('no image'), 'text/plain by its content', 'image/png by its name'],
    ['notes.txt', png(), 'image/png by its content', 'text/plain by its name'],
    ['report.pdf', text('<html>'), 'text/plain by its content', 'application/pdf by its name'],
    ['archive.zip', text('text'), 'text/plain by its content', 'an archive by its name'],
    ['constructor.constructor', png(), 'image/png by its content', 'text/plain by its name'],
    ['a.docx', Buffer.concat([text('PK\x03\x04'), Buffer.alloc(30)]), 'application/zip by its content'],
    ['program', Buffer.from('\x7fELF\x02\x01\0\0', 'latin1'), 'application/x-elf by its content'],
    ['bytes', Buffer.from([1, 2, 3, 255]), 'application/octet-stream by its content', 'accepted are PNG'],
    ['nul.txt', text('a\0b'), 'application/octet-stream'],
    ['latin1.txt', Buffer.from('Größe', 'latin1'), 'application/octet-stream'],
    ['half.txt', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'application/octet-stream'],
  ])('%s, whose content is of another type (415): %#', async (filename, bytes, ...words) => {
    await expect(inspect(filename, bytes)).rejects.toMatchObject(refused(415, ...words));
  });

  test('a file that was announced as another type (415)', async () => {
    await expect(inspect('a', png(), 'image/jpeg')).rejects.toMatchObject(refused(415, 'announced as image/jpeg'));
    expect(await inspect('a.md', text('x'), 'text/markdown')).toMatchObject({ mediaType: 'text/plain' });
  });

  test.each([
    ['image.png', Buffer.concat([png(), zipEnd('a comment')]), 'image/png and application/zip'],
    ['image.gif', Buffer.concat([gif(), text('%PDF-1.7')]), 'image/gif and application/pdf'],
    ['report.pdf', Buffer.concat([pdf('x'), zipEnd()]), 'application/pdf and application/zip'],
    ['late.pdf', Buffer.concat([text('leading '), pdf('x')]), 'text/plain by its content and application/pdf'],
  ])('%s, which programs read as two types (415)', async (filename, bytes, words) => {
    await expect(inspect(filename, bytes)).rejects.toMatchObject(refused(415, words));
  });

  test('no image for bytes that only look like the end of a ZIP', async () => {
    const bytes = Buffer.concat([png(), text('PK\x05\x06'), Buffer.alloc(40, 1)]);
    expect(await inspect('a.png', bytes)).toMatchObject({ mediaType: 'image/png' });
  });

  test.each<[string, Buffer, ...string[]]>([
    ['wide.png', png(8_001, 1), '8001 × 1', '8000 on each side'],
    ['high.gif', gif(1, 65_535), '1 × 65535'],
    ['bomb.png', png(0xffff_ffff, 0xffff_ffff), '4294967295'],
    ['empty.png', png(0, 5), 'names no size'],
    ['cut.png', png().subarray(0, 20), 'names no size'],
    ['cut.jpg', jpeg().subarray(0, 12), 'names no size'],
    ['frameless.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), 'names no size'],
    ['loop.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), Buffer.alloc(50)]), 'names no size'],
    ['odd.webp', Buffer.concat([text('RIFF\0\0\0\0WEBPVP9 '), Buffer.alloc(20)]), 'names no size'],
  ])('%s, an image with a wrong size in pixels (422)', async (filename, bytes, ...words) => {
    await expect(inspect(filename, bytes)).rejects.toMatchObject(refused(422, ...words));
  });

  test.each([
    ['image.png', Buffer.concat([png(), Buffer.alloc(5 * 2 ** 20)]), 'image/png may have 5242880 at most'],
    ['text.txt', Buffer.alloc(2 * 2 ** 20 + 1, 'x'), 'text/plain may have 2097152 at most'],
  ])('%s, which is too large for its type (413)', async (filename, bytes, words) => {
    await expect(inspect(filename, bytes)).rejects.toMatchObject(refused(413, words));
  });

  test('a name and a size before the bytes are sent', () => {
    expect(() => refuseByName('a.zip', 1)).toThrow('an archive by its name');
    expect(() => refuseByName('a.png', 5 * 2 ** 20 + 1)).toThrow('image/png may have 5242880 at most');
    expect(() => refuseByName('a.rs', 3 * 2 ** 20)).toThrow('text/plain may have 2097152 at most');
    refuseByName('no-ending', 20 * 2 ** 20);
    refuseByName('a.pdf', 20 * 2 ** 20);
  });
});
