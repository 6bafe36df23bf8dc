// Starts the API: `PORT`, `NOTES_FILE` and `NOTES_TOKEN` say where it listens, where it keeps notes, and who may come in.
import { createApp } from './app.js';
import { createServer } from './server.js';
import { openStore } from './store.js';

const { PORT = '3000', NOTES_FILE = 'notes.json', NOTES_TOKEN } = process.env;

const store = await openStore(NOTES_FILE);
const app = createApp({ store, token: NOTES_TOKEN, requestsPerMinute: 120 });
createServer(app).listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Notes at http://127.0.0.1:${PORT}/notes, documentation at http://127.0.0.1:${PORT}/docs`);
});
