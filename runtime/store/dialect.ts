import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';

/** Parameters as node:sqlite takes them: booleans become 0 and 1. */
export function sqlParameters(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value): SQLInputValue => {
    if (typeof value === 'boolean') {
      return value ? 1 : 0;
    }
    if (
      value === null ||
      typeof value === 'number' ||
      typeof value === 'bigint' ||
      typeof value === 'string' ||
      value instanceof Uint8Array
    ) {
      return value;
    }
    throw new TypeError(`SQLite cannot store a value of type ${typeof value}`);
  });
}

/** Kysely speaks to better-sqlite3; node:sqlite has the same calls under slightly other signatures. */
class NodeSqliteStatement implements SqliteStatement {
  readonly #statement: StatementSync;
  readonly reader: boolean;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...sqlParameters(parameters));
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...sqlParameters(parameters));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...sqlParameters(parameters));
  }
}

/**
 * Transactions of Kysely are asynchronous: a statement of someone else could slip between their `begin` and
 * `commit` on the one connection. {@link Store.transact} is synchronous, so nothing can.
 */
class SynchronousTransactionsDriver extends SqliteDriver {
  override beginTransaction(_connection: DatabaseConnection): Promise<void> {
    return Promise.reject(
      new Error('Use store.transact: a transaction must not span turns of the event loop.'),
    );
  }
}

/** Kysely over node:sqlite. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(database: DatabaseSync) {
    const adapted: SqliteDatabase = {
      close: () => database.close(),
      prepare: (text) => new NodeSqliteStatement(database.prepare(text)),
    };
    super({ database: adapted });
    this.#database = adapted;
  }

  override createDriver(): Driver {
    return new SynchronousTransactionsDriver({ database: this.#database });
  }
}
