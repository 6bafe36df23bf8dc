// Where this checkout lies; bundled tests cannot tell from their own place.
declare const REPO_ROOT: string;

/** Absolute; put in by the test bundler. */
export const repoRoot = REPO_ROOT;
