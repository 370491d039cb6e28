/** Stands before every final answer of the rehearsal, so that nobody takes it for a model's. */
export const SCRIPTED_NOTICE = '[Scripted rehearsal: no model was called.]';
