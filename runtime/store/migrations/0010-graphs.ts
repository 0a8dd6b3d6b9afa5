import { sql, type Kysely, type Migration } from 'kysely';

/** Graph documents, what of them runs and has run, and who is called when nothing runs any more. */
export const graphs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('graphs')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('deleted', 'integer', (column) => column.notNull())
      .addColumn('roomId', 'text')
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('activeAfterSeq', 'integer', (column) => column.notNull())
      .addColumn('createdAt', 'text', (column) => column.notNull())
      .addColumn('updatedAt', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('graphs_by_name').on('graphs').column('name').execute();
    await sql`create index graphs_enabled on graphs (enabled) where enabled = 1`.execute(db);

    await db.schema
      .createTable('graph_revisions')
      .addColumn('graphId', 'text', (column) => column.notNull().references('graphs.id').onDelete('cascade'))
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('shown', 'text', (column) => column.notNull())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('graph_revisions_key', ['graphId', 'revision'])
      .execute();

    await db.schema
      .createTable('graph_callbacks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('graphId', 'text', (column) => column.notNull().references('graphs.id').onDelete('cascade'))
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('since', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('graph_callbacks_by_graph').on('graph_callbacks').column('graphId').execute();

    // Outlives its graph: what has run in a session is told after the graph is gone.
    await db.schema
      .createTable('graph_instances')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('graphId', 'text', (column) => column.notNull())
      .addColumn('graphName', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('activeAfterSeq', 'integer', (column) => column.notNull())
      .addColumn('roomId', 'text', (column) => column.notNull())
      .addColumn('sessionId', 'text')
      .addColumn('nodeId', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('scopeId', 'text', (column) => column.notNull())
      .addColumn('eventId', 'text', (column) => column.notNull())
      .addColumn('eventType', 'text', (column) => column.notNull())
      .addColumn('eventAt', 'text', (column) => column.notNull())
      .addColumn('eventData', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text')
      .addColumn('startedAt', 'text', (column) => column.notNull())
      .addColumn('endedAt', 'text')
      .addUniqueConstraint('graph_instances_once', ['graphId', 'nodeId', 'eventId', 'activeAfterSeq'])
      .execute();
    await db.schema.createIndex('graph_instances_by_room').on('graph_instances').column('roomId').execute();
    await db.schema
      .createIndex('graph_instances_by_session')
      .on('graph_instances')
      .column('sessionId')
      .execute();
    await sql`create index graph_instances_live on graph_instances (state) where "endedAt" is null`.execute(
      db,
    );

    await db.schema
      .createTable('graph_instance_nodes')
      .addColumn('instanceId', 'text', (column) =>
        column.notNull().references('graph_instances.id').onDelete('cascade'),
      )
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('nodeId', 'text', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('from', 'text', (column) => column.notNull())
      .addColumn('stepId', 'text')
      .addColumn('fedByStepId', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('failures', 'integer', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('stopReason', 'text')
      .addColumn('nextAttemptAtMs', 'integer')
      .addPrimaryKeyConstraint('graph_instance_nodes_key', ['instanceId', 'nodeId'])
      .execute();
    // A picture of a session asks by step which graph runs it.
    await db.schema
      .createIndex('graph_instance_nodes_by_step')
      .on('graph_instance_nodes')
      .column('stepId')
      .execute();
  },
};
