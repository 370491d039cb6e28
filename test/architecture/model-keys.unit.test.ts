import { expect, it } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { EMBEDDER_KEYS, MODEL_KEYS } from '../../functions/platform/models/model-keys.ts';
import { sourceFiles } from './source-files.ts';

/** Only archives text that a step with the keys reads later. */
const CALLS_NO_MODEL = ['entities-scan-unscanned'];

const importsOf = new Map(
  sourceFiles().map(({ path, text, imports }) => [
    path,
    // Imports of types do not exist at run time.
    imports.flatMap(({ path: other, specifier }) => (other && !isTypeOnly(text, specifier) ? [other] : [])),
  ]),
);

it('exactly the functions that may call a model or an embedder are deployed with the keys for it', async () => {
  const wrong = (await discoverFunctions()).flatMap(({ file, declaration: { name, deployment } }) => {
    const reached = reachedFrom(`${file}.ts`);
    const wanted = CALLS_NO_MODEL.includes(name)
      ? []
      : reached.has('platform/models/open-model.ts')
        ? MODEL_KEYS
        : reached.has('usage/embed-texts.ts')
          ? EMBEDDER_KEYS
          : [];
    const has = (deployment.secrets ?? []).filter((secret) => MODEL_KEYS.includes(secret));
    return has.sort().join() === [...wanted].sort().join() ? [] : [{ name, has, wanted }];
  });
  expect(wrong).toEqual([]);
});

function reachedFrom(path: string): Set<string> {
  const reached = new Set([path]);
  for (const file of reached) for (const other of importsOf.get(file) ?? []) reached.add(other);
  return reached;
}

function isTypeOnly(text: string, specifier: string): boolean {
  const escaped = specifier.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return !new RegExp(`(?:import|export) (?!type )[^;]*?['"]${escaped}['"]|import\\(['"]${escaped}['"]\\)`).test(text);
}
