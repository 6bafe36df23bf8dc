// The tools that look at the agent's copy: reading a file, listing files, searching in them.
import { capHead, maxResultLength } from './capText';
import { count, defineTool, done, failed, folderAsked, pathAsked, refused } from './tool';

/** Lines of one `read_file` when no end is named. */
const maxLines = 2000;
const maxPaths = 1000;
const maxMatches = 200;
/** Files named that were passed over, before the rest is only counted. */
const maxNamed = 10;

export const readFile = defineTool('read_file', {
  step: ({ path }) => `reading ${path}`,
  target: ({ path }) => path,
  async run({ path: asked, start_line: start = 1, end_line: end }, { files, shown }) {
    const path = await pathAsked(asked, files);
    if (!path.ok) return refused(path.error);
    const file = await files.read(path.value);
    if (!file.ok) return refused(file.error);
    if (file.value === null) return failed(`There is no file ${path.value}. list_files shows what there is.`);
    shown.set(path.value, file.value.hash);
    if (file.value.text === '') return done(`${path.value} is empty.`, 'empty');
    const lines = linesOf(file.value.text);
    if (start > lines.length) return failed(`${path.value} has only ${count(lines.length, 'line')}.`);
    const wanted = Math.min(end ?? start + maxLines - 1, lines.length);
    if (wanted < start) return failed('end_line is before start_line.');
    const numbered = asFit(lines.slice(start - 1, wanted).map((line, at) => `${start + at}\t${line}`));
    const last = start + numbered.length - 1;
    const whole = start === 1 && last === lines.length;
    const more = last < wanted ? `; read on from start_line ${last + 1}` : '';
    const note = whole ? '' : `[lines ${start} to ${last} of ${lines.length}${more}]\n`;
    return done(
      capHead(note + numbered.join('\n')),
      whole ? count(lines.length, 'line') : `lines ${start}-${last}`,
    );
  },
});

export const listFiles = defineTool('list_files', {
  step: ({ path }) => `listing ${path || 'the files'}`,
  target: ({ path }) => path || '.',
  async run({ path: asked }, { files }) {
    const folder = await folderAsked(asked, files);
    if (!folder.ok) return refused(folder.error);
    const listing = await files.list(folder.value);
    if (!listing.ok) return refused(listing.error);
    const { paths, partial, shut } = listing.value;
    const unread = shut.length === 0 ? '' : `\n[not listed, may not be read: ${named(shut)}]`;
    if (paths.length === 0)
      return done(`There are no files in ${folder.value || 'the workspace'}.${unread}`, 'no files');
    const most =
      paths.length > maxPaths || partial
        ? `\n[only ${Math.min(paths.length, maxPaths)} are shown; name a folder]`
        : '';
    const more = most + unread;
    return done(
      capHead(paths.slice(0, maxPaths).join('\n'), maxResultLength - more.length) + more,
      count(paths.length, 'file'),
    );
  },
});

export const searchFiles = defineTool('search_files', {
  step: ({ query }) => `searching for ${query}`,
  target: ({ query }) => query,
  async run({ query, regex = false, path: asked }, { files, signal }) {
    if (query === '') return failed('The query is empty.');
    const folder = await folderAsked(asked, files);
    if (!folder.ok) return refused(folder.error);
    const found = await files.search(
      { text: query, isRegex: regex, folder: folder.value, maxMatches },
      signal,
    );
    if (!found.ok) return refused(found.error);
    const { matches, partial, tooLarge, shut } = found.value;
    const large = tooLarge.length === 0 ? '' : `\n[not searched, too large: ${named(tooLarge)}]`;
    const passedOver =
      shut.length === 0 ? large : `${large}\n[not searched, may not be read: ${named(shut)}]`;
    if (matches.length === 0) return done(`No line matches.${passedOver}`, 'no matches');
    const most = partial ? `\n[there may be more than these ${matches.length}; narrow the search]` : '';
    const more = most + passedOver;
    const lines = matches.map((match) => `${match.path}:${match.line}: ${match.text}`);
    return done(
      capHead(lines.join('\n'), maxResultLength - more.length) + more,
      count(matches.length, 'match', 'matches'),
    );
  },
});

/** As many whole lines as one result holds, and at least one: then it is told which, so that the next part can be asked for. */
function asFit(lines: readonly string[]): readonly string[] {
  let left = maxResultLength - 100; // for the note
  const past = lines.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return past < 0 ? lines : lines.slice(0, Math.max(1, past));
}

function named(paths: readonly string[]): string {
  const rest = paths.length - maxNamed;
  return paths.slice(0, maxNamed).join(', ') + (rest > 0 ? ` and ${count(rest, 'other')}` : '');
}

/** Without the empty piece behind the last line end. */
function linesOf(content: string): readonly string[] {
  const lines = content.replaceAll('\r\n', '\n').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
