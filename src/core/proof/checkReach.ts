// Which files a check comes to, as far as texts tell: those that its command names, the scripts of manifests that it runs
// and what these name in their turn.
import { manifestsFor, reachedScripts } from './checkScripts';
import {
  endings,
  folderOf,
  foldersIn,
  foldersOf,
  isJudge,
  isOfChecks,
  joined,
  leading,
  type Said,
  toolBy,
  toolFiles,
} from './checkText';
import { textOfCommands, textOfFile, type Word } from './commandText';
import { answersIn } from './comparedAnswers';
import { proofFileOf } from './proofFiles';

/** Null: no such file, or no text. Undefined: not known yet. */
export type TextOf = (path: string) => string | null | undefined;

export interface Reach {
  /** Files that the check runs or is told to load, of those that were asked about. */
  readonly files: ReadonlySet<string>;
  /** Texts that have to be known before more can be told; empty once that is all. */
  readonly wants: readonly string[];
}

/** Texts that lead on from one to the next come to an end somewhere. */
const mostLooks = 20_000;
const mostLetters = 200_000;
const mostWanted = 300;

/** @param asked files of which is to be known whether the check comes to them */
export function reachOf(command: string, asked: readonly string[], textOf: TextOf): Reach {
  const walk = new Walk(asked, textOf);
  walk.go(command);
  return { files: walk.files, wants: [...walk.wants].sort() };
}

class Walk {
  readonly files = new Set<string>();
  readonly wants = new Set<string>();
  readonly #near: readonly string[];
  readonly #asked: AskedFiles;
  readonly #known = new Set<string>();
  readonly #left: Said[] = [];
  #looks = 0;

  constructor(
    asked: readonly string[],
    private readonly textOf: TextOf,
  ) {
    this.#near = foldersOf(asked);
    this.#asked = new AskedFiles(asked);
  }

  go(command: string): void {
    this.#say({ text: command, folder: '', by: 'command' });
    for (let said = this.#left.pop(); said && this.#looks < mostLooks; said = this.#left.pop()) {
      this.#looks += said.text.length / 100;
      const folders = foldersIn(said, this.#near);
      if (said.by !== 'mention') for (const folder of folders) this.#runBy(said.text, folder);
      const isCommand = said.by === 'command' || said.by === 'script';
      for (const name of isCommand ? answersIn(said.text) : [])
        for (const folder of folders) this.#judges(joined(folder, name));
      for (const word of isCommand ? textOfCommands(said.text) : textOfFile(said.text)) {
        const paths = new Set(folders.map((folder) => joined(folder, word.text)));
        for (const path of paths) if (path !== undefined && path !== '') this.#named(said, word, path);
      }
    }
  }

  #judges(path: string | undefined): void {
    if (path !== undefined && this.#asked.has(path)) this.files.add(path);
  }

  #say(said: Said): void {
    const key = `${said.folder}\n${said.text}`;
    if (this.#known.has(key) || said.text.length > mostLetters) return;
    this.#known.add(key);
    this.#left.push(said);
  }

  #textOf(path: string): string | undefined {
    this.#looks += 1;
    const text = this.textOf(path);
    if (text === undefined && this.wants.size < mostWanted) this.wants.add(path);
    return text ?? undefined;
  }

  /** Scripts of manifests, and settings of tools, that a command in the folder goes by. */
  #runBy(command: string, folder: string): void {
    for (const name of goesByIgnored.test(command) ? ignoreFiles : []) this.#judges(folder + name);
    for (const name of manifestsFor(command)) {
      const text = this.#textOf(folder + name);
      this.#looks += command.length / 100;
      for (const script of text === undefined ? [] : reachedScripts(command, name, text))
        this.#say({ text: script, folder, by: 'script' });
    }
    for (const [called, names] of toolFiles)
      for (const name of called.test(command) ? names : []) {
        if (this.#asked.has(folder + name)) this.files.add(folder + name);
        const text = this.#textOf(folder + name);
        if (text !== undefined) this.#say({ text, folder, by: toolBy(name) });
      }
  }

  #named(said: Said, word: Word, path: string): void {
    const { isPattern, role } = word;
    this.#looks += 1;
    for (const one of this.#asked.meantBy(path, isPattern))
      if (isJudge(one, said, word, this.textOf(one) ?? '')) this.files.add(one);
    for (const one of isPattern ? [] : leading(path, said.by, role)) {
      const text = this.#textOf(one);
      if (text === undefined) continue;
      if (holdsCommands.test(one)) this.#say({ text, folder: said.folder, by: 'script' });
      // What tests load is for the most part what they are about.
      else if (proofFileOf(one) !== 'test') this.#say({ text, folder: folderOf(one), by: 'file' });
    }
  }
}

/** What is ignored they do not find. */
const goesByIgnored =
  /\bgit\s+(?:-\S+\s+)*(?:ls-files|grep|status|diff|add|stash|check-ignore)\b|\b(?:rg|fd|ag|biome|ruff|prettier|black)\b/;
const ignoreFiles = ['.gitignore', '.ignore'];

/** Of a shell or of make: they are carried out where they are called. */
const holdsCommands = /(?:^|\/)[^/.]+$|\.(?:sh|bash|zsh|mk|just)$/;

class AskedFiles {
  readonly #files: ReadonlySet<string>;
  readonly #byFolder = new Map<string, string[]>();

  constructor(private readonly asked: readonly string[]) {
    this.#files = new Set(asked);
    for (const file of asked)
      for (let folder = folderOf(file); folder !== ''; folder = folderOf(folder.slice(0, -1)))
        (this.#byFolder.get(folder) ?? this.#newFolder(folder)).push(file);
  }

  #newFolder(folder: string): string[] {
    const files: string[] = [];
    this.#byFolder.set(folder, files);
    return files;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** By its path, with an ending left out, a folder that holds it, or a pattern. */
  meantBy(path: string, isPattern: boolean): readonly string[] {
    if (!isPattern) {
      const named = endings.flatMap((ending) => (this.#files.has(path + ending) ? [path + ending] : []));
      return [...named, ...(this.#byFolder.get(`${path}/`) ?? []).filter(isOfChecks)];
    }
    const [before = ''] = path.split(/[*?]/);
    const ending = path.slice(path.lastIndexOf('*') + 1);
    return before === '' ? [] : this.asked.filter((file) => file.startsWith(before) && file.endsWith(ending));
  }
}
