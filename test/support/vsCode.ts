// A real VS Code for tests: opened, driven with Playwright as a person would, and closed again without a trace.
import type { Browser, Page } from 'playwright-core';
import * as launcher from '../../scripts/vscode/openVsCode.mjs';
import * as processes from '../../scripts/vscode/processes.mjs';
import * as vsix from '../../scripts/vscode/vsix.mjs';

/** 1.105 is what Cursor is built on, 1.139 the VS Code of today. */
export type VsCodeVersion = '1.139' | '1.105';

export interface OpenOptions {
  /** The workspace, absolute. */
  readonly folder: string;
  /**
   * The extension as it lies in its folder. When its host dies VS Code does not start it again: tests that kill the
   * host install a .vsix (`installVsix`) and give `extensionsDir`.
   */
  readonly extensionDevelopmentPath?: string;
  readonly extensionsDir?: string;
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Of the machine that the extension host runs on. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Default true; false opens in Restricted Mode. */
  readonly trusted?: boolean;
  /** Default 1.139. */
  readonly version?: VsCodeVersion;
  /** Of server and extension host; default is this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface VsCode {
  /** The workbench. Its status bar stands and an extension host lives; extensions may still be starting. */
  readonly page: Page;
  readonly browser: Browser;
  /** Opens the same folder in a second window: `(await browser.newPage()).goto(url)`. */
  readonly url: string;
  readonly serverPid: number;
  /** Process ids of the living extension hosts, oldest first. */
  hostPids(): number[];
  /** The process id of the next extension host to be launched; ask before what launches it. */
  nextHostPid(): Promise<number>;
  /** What server, hosts and the window's console have printed so far. */
  logs(): string;
  /** Ends window, browser, server and hosts; may be called twice. Detached workers are the test's to end. */
  close(): Promise<void>;
}

/** The first call on a machine gets server and browser, which takes a minute; later ones take 3 to 5 s. */
export const openVsCode: (options: OpenOptions) => Promise<VsCode> = launcher.openVsCode;

/** Installs the .vsix as a user would, offline, into a folder to be given as `extensionsDir`. */
export const installVsix: (what: {
  readonly version?: VsCodeVersion;
  readonly vsix: string;
  readonly extensionsDir: string;
}) => Promise<void> = vsix.installVsix;

/** The .vsix of what the test run has built, for all of its tests; it is not theirs to remove. */
export const packedVsix: () => Promise<string> = vsix.packedVsix;

/** False for a zombie, too. */
export const isAlive: (pid: number) => boolean = processes.isAlive;
