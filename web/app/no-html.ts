/**
 * Must be the first import. Vue asks for `window.trustedTypes` once, when it is loaded, and would make a policy that
 * passes every HTML string. Without it there is no policy, so the browser refuses every HTML sink on this page.
 */
Object.defineProperty(window, 'trustedTypes', { value: undefined });
