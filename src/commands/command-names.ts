/** The commands by name, for “did you mean” where the table itself is not loaded. */
export const commandNames = ['run', 'resume', 'cases', 'report', 'collect', 'compare', 'rollback', 'check', 'explain', 'plan', 'demo', 'flow', 'completion'] as const;
