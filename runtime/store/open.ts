import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Kysely, type Compilable } from 'kysely';
import { RoomflowError } from '../contract/index.ts';
import { NodeSqliteDialect, sqlParameters } from './dialect.ts';
import { storeFailure } from './failure.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrations/index.ts';
import type { Database } from './schema.ts';

/**
 * The database. Queries are built with `db` and run at once: SQLite answers in microseconds, and what happened
 * in one turn of the event loop is then written in that turn.
 */
export type Store = {
  /** Builds queries; also runs them, asynchronously, but not in transactions. */
  readonly db: Kysely<Database>;
  readonly all: <R>(query: Compilable<R>) => R[];
  readonly first: <R>(query: Compilable<R>) => R | undefined;
  /** @returns how many rows were changed, and the row id of an insert */
  readonly run: (query: Compilable) => { changes: number; rowId: number };
  /** All or nothing. May be nested: the outermost call commits. `work` must be synchronous. */
  readonly transact: <T>(work: () => T) => T;
  /** Calls `action` once what is being written is committed: now, or at the end of the transaction; never after a rollback. */
  readonly afterCommit: (action: () => void) => void;
  readonly close: () => Promise<void>;
};

/** Enough for every query of the runtime; lists of unlike lengths are what makes more. */
const statementsKept = 500;

/**
 * Opens the database, brings its schema up to date and takes its folder, so that a second runtime on the same
 * folder is refused. `:memory:` is a store that nobody shares.
 *
 * @throws RoomflowError `data-folder-in-use`, `data-folder-unusable`
 */
export async function openStore(options: { file: string }): Promise<Store> {
  const { file } = options;
  const inMemory = file === ':memory:';
  let lock: { release: () => void } | undefined;
  let database: DatabaseSync | undefined;
  try {
    if (!inMemory) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      lock = lockFolder(dirname(file));
    }
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 });
    // NORMAL in WAL loses no consistency, and commits without waiting for the disk.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY');
    // A commit writes ten pages. By default every hundredth of them waits 3 to 4.5 ms for a checkpoint, which is what the
    // 95th percentile of starting a graph's steps was made of; with 40 MB of log it is every thousandth, and the sum is less.
    database.exec('PRAGMA wal_autocheckpoint = 10000');
    const db = new Kysely<Database>({ dialect: new NodeSqliteDialect(database) });
    database.exec('BEGIN IMMEDIATE');
    await migrate(db);
    database.exec('COMMIT');
    return storeOver(database, db, lock);
  } catch (cause) {
    if (database?.isOpen === true) {
      database.close();
    }
    lock?.release();
    if (cause instanceof RoomflowError) {
      throw cause;
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RoomflowError('data-folder-unusable', `Cannot open the database ${file}: ${why}.`, { cause });
  }
}

function storeOver(
  database: DatabaseSync,
  db: Kysely<Database>,
  lock: { release: () => void } | undefined,
): Store {
  const statements = new Map<string, StatementSync>();
  let depth = 0;
  let committed: (() => void)[] = [];

  const statement = (text: string): StatementSync => {
    const kept = statements.get(text);
    if (kept !== undefined) {
      return kept;
    }
    if (statements.size >= statementsKept) {
      statements.clear();
    }
    const made = database.prepare(text);
    statements.set(text, made);
    return made;
  };

  const all = <R>(query: Compilable<R>): R[] => {
    const { sql, parameters } = query.compile();
    try {
      // What the columns hold is what `Database` and the migrations say they hold.
      return statement(sql).all(...sqlParameters(parameters)) as R[];
    } catch (error) {
      throw storeFailure(error);
    }
  };

  const run = (query: Compilable): { changes: number; rowId: number } => {
    const { sql, parameters } = query.compile();
    try {
      const { changes, lastInsertRowid } = statement(sql).run(...sqlParameters(parameters));
      return { changes: Number(changes), rowId: Number(lastInsertRowid) };
    } catch (error) {
      throw storeFailure(error);
    }
  };

  const transact = <T>(work: () => T): T => {
    if (depth > 0) {
      return work();
    }
    database.exec('BEGIN IMMEDIATE');
    depth = 1;
    let result: T;
    try {
      result = work();
      if (result instanceof Promise) {
        throw new Error('The work of a transaction must be synchronous.');
      }
      database.exec('COMMIT');
    } catch (error) {
      committed = [];
      // A full disk has rolled back by itself.
      if (database.isTransaction) {
        database.exec('ROLLBACK');
      }
      throw storeFailure(error);
    } finally {
      depth = 0;
    }
    const actions = committed;
    committed = [];
    for (const action of actions) {
      action();
    }
    return result;
  };

  return {
    db,
    all,
    first: (query) => all(query)[0],
    run,
    transact,
    afterCommit: (action) => {
      if (depth > 0) {
        committed.push(action);
      } else {
        action();
      }
    },
    close: async () => {
      statements.clear();
      await db.destroy();
      if (database.isOpen) {
        database.close();
      }
      lock?.release();
    },
  };
}
