import type { NodeTransform } from '@vue/compiler-core';
import { createCompoundExpression, NodeTypes } from '@vue/compiler-core';

/**
 * Passes every text that a template draws with `{{ … }}` through `visible` (text/visible.ts), so that no control
 * character or bidirectional mark of a foreign text changes what a reader sees, and no page can forget it. Runs after
 * Vue's own transform of the expression. `app/main.ts` sets `$visible`.
 */
export const escapeTexts: NodeTransform = (node) => {
  if (node.type !== NodeTypes.INTERPOLATION) return;
  node.content = createCompoundExpression(['_ctx.$visible(', node.content, ')']);
};
