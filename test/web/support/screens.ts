import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { SIZES } from './site.ts';
import { shrinkPng } from './small-png.ts';

/**
 * The screenshots of `test/web/screens/`. A test fails when more than 0.1 % of the pixels differ; the picture of now is
 * then in `node_modules/.cache/apexflow/screens/`. `UPDATE_SCREENS=1 npm run test:web` writes them anew: look at each.
 * Only the major version of Chromium that made them (`chromium.txt`) compares them: another may draw text otherwise.
 */
const SCREENS = join(import.meta.dirname, '../screens');
const ACTUAL = join(import.meta.dirname, '../../../node_modules/.cache/apexflow/screens');
const VERSION = join(SCREENS, 'chromium.txt');
const TOLERANCE = 0.001;
const MOST_TAKES = 10;
const BETWEEN_TAKES_MS = 300;
/** The time of every screenshot. */
export const SCREEN_TIME = new Date('2026-11-30T12:00:00Z');

/**
 * Takes a page light and dark, on a wide screen and a phone, and compares each with its file. `last` is called while
 * the page is dark and on a phone.
 */
export async function expectScreens(page: Page, name: string, last?: () => Promise<void>): Promise<void> {
  const before = page.viewportSize();
  for (const size of ['wide', 'phone'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(SIZES[size].viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectScreen(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await last?.();
  if (before) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light' });
}

/**
 * Compares the page with its file. A part that comes late is waited for: the page is taken again until it looks as
 * before. Call `page.clock.setFixedTime(SCREEN_TIME)` before the page opens.
 */
export async function expectScreen(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const file = join(SCREENS, `${name}.png`);
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser');
  const version = browser.version().split('.')[0] ?? '';
  if (process.env.UPDATE_SCREENS) {
    write(VERSION, Buffer.from(`${version}\n`));
    return write(file, await takeStill(page));
  }
  if (!existsSync(file)) {
    write(join(ACTUAL, `${name}.png`), await takeStill(page));
    throw new Error(`There is no screenshot ${name}. Look at ${ACTUAL}, then run UPDATE_SCREENS=1 npm run test:web`);
  }
  const madeBy = readFileSync(VERSION, 'utf8').trim();
  if (madeBy !== version) return console.log(`${name} is not compared: Chromium ${madeBy} made it, this is ${version}`);
  const before = readFileSync(file);
  let [taken, share] = [await take(page), 1];
  for (let takes = 1; ; takes += 1) {
    // The same Chromium mostly draws the same bytes, and decoding two pictures takes longer than all else.
    if (before.equals(taken)) return;
    share = await shareOfDifferentPixels(browser, before, taken);
    if (share <= TOLERANCE || takes === MOST_TAKES) break;
    await setTimeout(BETWEEN_TAKES_MS);
    taken = await take(page);
  }
  if (share > TOLERANCE) write(join(ACTUAL, `${name}.png`), taken);
  expect(share, `share of pixels of ${name} that differ, see ${ACTUAL}`).toBeLessThanOrEqual(TOLERANCE);
}

async function take(page: Page): Promise<Buffer> {
  return shrinkPng(await page.screenshot({ animations: 'disabled', caret: 'hide', scale: 'css' }));
}

/** Takes the page when it looks the same twice. */
async function takeStill(page: Page): Promise<Buffer> {
  let last = await take(page);
  for (let takes = 1; takes < MOST_TAKES; takes += 1) {
    await setTimeout(BETWEEN_TAKES_MS);
    const next = await take(page);
    if (next.equals(last)) break;
    last = next;
  }
  return last;
}

function write(file: string, bytes: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Compares two PNG files in a page of another context, whose canvas decodes them. Other sizes differ in all pixels. */
async function shareOfDifferentPixels(browser: Browser, one: Buffer, other: Buffer): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    return await page.evaluate(
      async (files) => {
        /** Anti-aliasing may change a channel a little between versions of Chromium. */
        const leastDifference = 24;
        const [before, after] = await Promise.all(
          files.map(async (file) => {
            const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
            const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
            const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
            canvas?.drawImage(picture, 0, 0);
            return canvas?.getImageData(0, 0, picture.width, picture.height);
          }),
        );
        if (!before || !after || before.width !== after.width || before.height !== after.height) return 1;
        let different = 0;
        for (let at = 0; at < before.data.length; at += 4) {
          const isSame = [0, 1, 2].every(
            (channel) => Math.abs((before.data[at + channel] ?? 0) - (after.data[at + channel] ?? 0)) < leastDifference,
          );
          if (!isSame) different += 1;
        }
        return different / (before.width * before.height);
      },
      [one.toString('base64'), other.toString('base64')],
    );
  } finally {
    await context.close();
  }
}

/** Fails when a text is drawn with a font of the machine: another machine would draw it otherwise. */
export async function expectOwnFonts(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('DOM.enable');
  await devtools.send('CSS.enable');
  const { root } = await devtools.send('DOM.getDocument', { depth: 0 });
  const { nodeIds } = await devtools.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'body, body *' });
  const foreign = new Set<string>();
  // The requests go out at once: a page has a thousand elements.
  await Promise.all(
    nodeIds.map(async (nodeId) => {
      const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId });
      for (const font of fonts)
        if (!font.isCustomFont) foreign.add(`${font.familyName}: ${await textOf(devtools, nodeId)}`);
    }),
  );
  await devtools.detach();
  expect([...foreign], `fonts of the machine at ${new URL(page.url()).pathname}`).toEqual([]);
}

async function textOf(devtools: CDPSession, nodeId: number): Promise<string> {
  const { outerHTML } = await devtools.send('DOM.getOuterHTML', { nodeId });
  return outerHTML
    .replaceAll(/<[^>]*>/g, ' ')
    .trim()
    .slice(0, 60);
}
