// Turns TypeScript test files into files that mocha can load, in Node or in an extension host.

import path from 'node:path';
import { build } from 'esbuild';
import { repoRoot } from '../bootstrap.mjs';

/**
 * Packages stay outside the bundle (the out folder lies below node_modules' parent, so they are found): that is
 * faster, and a test then loads a package exactly as npm installed it.
 *
 * @returns the bundled files, absolute, in the order of `files`
 */
export async function bundleTests(files, outFolder) {
  const { metafile } = await build({
    absWorkingDir: repoRoot,
    entryPoints: files,
    outdir: outFolder,
    outbase: 'test',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    loader: { '.md': 'text' },
    define: { REPO_ROOT: JSON.stringify(repoRoot) },
    sourcemap: 'linked',
    logLevel: 'warning',
    metafile: true,
    plugins: [scriptsStayOutside],
  });
  const outputOf = new Map(
    Object.entries(metafile.outputs).map(([file, { entryPoint }]) => [entryPoint, file]),
  );
  return files.map((file) => path.join(repoRoot, outputOf.get(file)));
}

/** Our scripts find their files by `import.meta`, which a CommonJS bundle does not have. */
const scriptsStayOutside = {
  name: 'scripts-stay-outside',
  setup(bundler) {
    bundler.onResolve({ filter: /\/scripts\/.*\.mjs$/ }, ({ path: wanted, resolveDir }) => ({
      path: path.resolve(resolveDir, wanted),
      external: true,
    }));
  },
};
