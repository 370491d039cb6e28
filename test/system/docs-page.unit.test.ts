import { expect, it } from 'vitest';
import { docsPage } from '../../functions/system/docs-page.ts';

it('escapes HTML in the texts of a declaration', () => {
  const operation = {
    operationId: 'x',
    summary: '<img src=x onerror=alert(1)>',
    description: 'Takes `<img src=x>`.\n\n<img src=x>',
    tags: ['"><b>'],
    security: [],
    parameters: [],
    responses: {},
  };
  const page = docsPage({
    info: { title: '<i>', version: '1', description: '' },
    paths: { '/x': { get: operation } },
  });
  expect(page).not.toMatch(/<img|<i>|"><b>/);
  expect(page).toContain('<p>Takes <code>&#60;img src=x&#62;</code>.</p><p>&#60;img src=x&#62;</p>');
});
