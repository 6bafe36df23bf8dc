// The page the dashboard begins as: nothing but places of its files and the policy that lets in nothing else.

export interface DashboardPage {
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly iconsUri: string;
  /** What VS Code calls the origin of the panel's own files. */
  readonly cspSource: string;
  /** Random for every page. */
  readonly nonce: string;
}

/** The hash of a style element without content: the component library adds one and fills it by script, which is no risk. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

export function dashboardHtml({ scriptUri, styleUri, iconsUri, cspSource, nonce }: DashboardPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} ${emptyStyle}`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${iconsUri}">
    <link rel="stylesheet" href="${styleUri}">
    <title>Parallel Agents</title>
  </head>
  <body>
    <main id="dashboard"></main>
    <script nonce="${nonce}" src="${scriptUri}"></script>
  </body>
</html>
`;
}
