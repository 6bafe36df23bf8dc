// How settings are asked for, wherever they are kept.

/**
 * Reads one setting by its name below `parallelAgents.`; undefined when it is not set. With `of` only what that side says,
 * for settings to which both may add.
 */
export type SettingReader = (name: string, of?: 'user' | 'workspace') => unknown;
