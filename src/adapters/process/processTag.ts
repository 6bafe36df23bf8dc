// The mark by which a process of ours is found wherever it hides: an environment variable that its children inherit.

export const tagVariable = 'PARALLEL_AGENTS_TAG';

const separator = '/';

/**
 * The value for a child's environment. It holds every tag from the outermost in, so that ending an attempt finds what
 * its commands started, and a run that was started inside a run is found by the outer one too.
 */
export function addTags(lineage: string | undefined, ...tags: readonly string[]): string {
  const outer = (lineage ?? '').split(separator).filter((tag) => tag !== '' && !tags.includes(tag));
  return [...outer, ...tags].join(separator);
}

/** An empty tag is carried by none, or one lost value would end every process there is. */
export function carriesTag(lineage: string, tag: string): boolean {
  return tag !== '' && lineage.split(separator).includes(tag);
}
