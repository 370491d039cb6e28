import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';

/** WCAG 2.0 to 2.2, levels A and AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

const Violations = z.array(
  z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
);

let axe: string | undefined;

/** Fails when axe finds a violation on the page. It runs by CDP, because the page's policy forbids other scripts. */
export async function expectAccessible(page: Page): Promise<void> {
  axe ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Runtime.evaluate', { expression: `${axe};0` });
  const options = JSON.stringify({ runOnly: RULES, resultTypes: ['violations'] });
  const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
    expression: `axe.run(document, ${options}).then(({ violations }) => violations)`,
    awaitPromise: true,
    returnByValue: true,
  });
  await devtools.detach();
  if (exceptionDetails) throw new Error(`axe failed: ${exceptionDetails.exception?.description}`);
  const found = Violations.parse(result.value).map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
  expect(found, `accessibility of ${new URL(page.url()).pathname}`).toEqual([]);
}

const MOST_TABS = 100;
const IS_FOCUSED = (element: Element) => element === document.activeElement;

/**
 * Presses Tab (or Shift+Tab) until an element has the focus, as somebody without a mouse does, and checks that the
 * focus can be seen.
 * @throws Error when the element cannot be reached
 */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let count = 0; count < MOST_TABS; count += 1) {
    if (await target.evaluate(IS_FOCUSED)) return expectVisibleFocus(target);
    await page.keyboard.press(key);
  }
  throw new Error(`${MOST_TABS} times ${key} did not reach ${target}`);
}

/** Fails when the focused element looks as without focus: it has no outline, and no element around it has one. */
async function expectVisibleFocus(target: Locator): Promise<void> {
  const isVisible = await target.evaluate((element: Element) => {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      if (at.matches(':focus-visible, :focus-within') && outlineStyle !== 'none' && outlineWidth !== '0px') return true;
      if (at === element && boxShadow !== 'none') return true;
    }
    return false;
  });
  expect(isVisible, `the focus on ${target} can be seen`).toBe(true);
}

/** Reaches an element by Tab and presses a key on it. */
export async function pressOn(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Fails unless an element has the focus, for example the opener after its dialog was closed. */
export async function expectFocus(target: Locator): Promise<void> {
  await expect.poll(() => target.evaluate(IS_FOCUSED)).toBe(true);
}
