/** Whether a script answers instead of a model. The pages of agents and councils say so. */
export function isRehearsal({ model }: { model: string }): boolean {
  return model.startsWith('rehearsal/');
}
