// Hocuspocus with a store:  node hocuspocus.mjs PORT DATABASE [DEBOUNCE]
// What its SQLite extension does, word for word, with the SQLite inside Node: the extension's own
// binding (better-sqlite3 12.11) aborts the process under Node 24 when it collects a statement.
import { DatabaseSync } from "node:sqlite";
import { Database } from "@hocuspocus/extension-database";
import { Server } from "@hocuspocus/server";

const [port, path, debounce] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec(`CREATE TABLE IF NOT EXISTS "documents" (
  "name" varchar(255) NOT NULL, "data" blob NOT NULL, UNIQUE(name))`);
const select = database.prepare(
  `SELECT data FROM "documents" WHERE name = $name ORDER BY rowid DESC`,
);
const upsert = database.prepare(`INSERT INTO "documents" ("name", "data") VALUES ($name, $data)
  ON CONFLICT(name) DO UPDATE SET data = $data`);

const server = new Server({
  port: Number(port),
  address: "127.0.0.1",
  quiet: true,
  stopOnSignals: false,
  ...(debounce === undefined ? {} : { debounce: Number(debounce), maxDebounce: Number(debounce) }),
  extensions: [
    new Database({
      fetch: async ({ documentName }) => select.get({ name: documentName })?.data ?? null,
      store: async ({ documentName, state }) => {
        upsert.run({ name: documentName, data: state });
      },
    }),
  ],
});
await server.listen();
