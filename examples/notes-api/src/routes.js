// What the API answers. A part that is still to be built is a comment; building it makes its two lines code.
// import { docsRoutes } from './docsPage.js';
// import { exportRoutes } from './markdownExport.js';
// import { noteRoutes } from './notes.js';
// import { searchRoutes } from './search.js';
// import { tagRoutes } from './tags.js';

export const routes = [
  // the first that fits answers
  // ...noteRoutes,
  // ...searchRoutes,
  // ...tagRoutes,
  // ...exportRoutes,
  // ...docsRoutes,
];
