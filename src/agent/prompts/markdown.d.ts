// Prompts are text files; the bundler puts each in as a string.

declare module '*.md' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: the bundler's text loader exports the file this way
  export default text;
}
