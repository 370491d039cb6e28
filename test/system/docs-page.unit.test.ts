import { expect, it } from 'vitest';
import { docsPage } from '../../functions/system/docs-page.ts';

it('escapes HTML in the texts of a declaration', () => {
  const operation = {
    operationId: 'x',
    summary: '<img src=x onerror=alert(1)>',
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
});
