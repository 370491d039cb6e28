// Checks the types of .vue files. vue-tsc needs the compiler's API, which TypeScript 7 does not ship, so it gets 6.
require('vue-tsc').run(require.resolve('typescript6/lib/tsc'));
