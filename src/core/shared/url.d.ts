// The word of the platform for an address, as every runtime we use has it: taking one apart asks nobody.

interface URL {
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly search: string;
  readonly hash: string;
}

declare var URL: { prototype: URL; new (address: string): URL; canParse(address: string): boolean };
