import tailwind from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { escapeTexts } from './escape-texts.ts';

/**
 * The build of the console. The options that look odd keep the Content-Security-Policy of headers.ts: Vue must not
 * insert static parts as HTML (`hoistStatic`), and nothing may be a `data:` URL or an inline script.
 *
 * The groups make few files: one for what every page loads, one for what many pages share, and few for the rest by who
 * uses it. Without them a page loads thirty files of some hundred bytes, a round trip for each six.
 */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.cache/apexflow/vite',
  plugins: [vue({ template: { compilerOptions: { hoistStatic: false, nodeTransforms: [escapeTexts] } } }), tailwind()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // One file of styles is smaller than twenty that share no words, and needs no round trip for a page.
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'base', tags: ['$initial'], priority: 2 },
            { name: 'parts', minShareCount: 16, maxModuleSize: 8_000, priority: 1 },
            {
              name: 'shared',
              minShareCount: 2,
              maxModuleSize: 8_000,
              entriesAware: true,
              entriesAwareMergeThreshold: 1_500,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    // The fonts are in node_modules, beside this folder.
    fs: { allow: ['..'] },
    proxy: Object.fromEntries(
      ['/api/v1', '/mcp', '/docs', '/health', '/readiness'].map((path) => [
        path,
        { target: 'http://localhost:8080', ws: true },
      ]),
    ),
  },
});
