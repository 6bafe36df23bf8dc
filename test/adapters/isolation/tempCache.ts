// The user's cache folder for the tests of one `describe`: an empty one for each.
import { tempFolder } from '../files/tempWorkspace';

/** @returns the folder of the test that is running */
export function tempCache(): () => string {
  let cache = '';
  let before: string | undefined;
  beforeEach(() => {
    cache = tempFolder();
    before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
  return () => cache;
}
