import { expect } from 'vitest';
import { test, useSite } from './support/site.ts';

/** The watch of every browser test finds what it is for. */
const site = useSite();

test('finds errors of scripts, lines of the console and answers that were not announced', async () => {
  const { page, problems } = await site.visit();
  await page.goto('/sign-in');
  await page.evaluate(async () => {
    console.warn('a warning');
    console.error('an error');
    console.info('a note');
    setTimeout(() => {
      throw new Error('thrown later');
    });
    void Promise.reject(new Error('nobody handles this'));
    await fetch('/api/v1/nothing');
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  const found = problems().map((problem) => problem.split('\n')[0]);
  expect(found).toEqual(
    expect.arrayContaining([
      'console warning: a warning',
      'console error: an error',
      'uncaught: Error: thrown later',
      'uncaught: Error: nobody handles this',
      'GET /api/v1/nothing: 404',
    ]),
  );
  expect(found).toHaveLength(5);
});

test('finds a request to another origin, which the policy blocks', async () => {
  const { page, problems } = await site.visit();
  await page.goto('/sign-in');
  const reported = page.waitForEvent('console', (message) => message.text().startsWith('Content-Security-Policy:'));
  await page.evaluate(() => fetch('https://example.com/').catch(() => undefined));
  await reported;
  expect(problems().join('\n')).toContain('Content-Security-Policy: connect-src https://example.com/');
});

test('finds that an announced answer did not come', async () => {
  const { page, announce, problems } = await site.visit();
  announce(404, '/api/v1/nothing');
  await page.goto('/sign-in');
  expect(problems()).toEqual(['no answer was 404 at /api/v1/nothing, which the test announced']);
});
