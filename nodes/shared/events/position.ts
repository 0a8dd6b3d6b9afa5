import type { IDataObject } from 'n8n-workflow';
import type { RoomflowEvent } from '../../../runtime/contract/index.ts';

/** What a trigger listens to. Another subscription begins anew rather than at the old one's position. */
export type Subscription = { baseUrl: string; types: readonly string[]; roomId: string | undefined };

/**
 * How far a trigger has come in the event log. Lives in n8n's static data of the node, which n8n saves when
 * the workflow is published and with each execution, and which outlives a restart.
 */
export class Position {
  private readonly data: IDataObject;

  constructor(staticData: IDataObject) {
    this.data = staticData;
  }

  /** Goes on where it was, or begins at `now` when that is asked for or the subscription is another one. */
  begin(subscription: Subscription, now: Date, anew: boolean): void {
    const name = JSON.stringify([subscription.baseUrl, subscription.types, subscription.roomId ?? null]);
    if (anew || this.data.subscription !== name) {
      this.data.subscription = name;
      this.data.since = now.toISOString();
      delete this.data.cursor;
    }
  }

  /**
   * Where to replay from. While the runtime has never been reached there is no cursor: then from the start
   * of its log, of which {@link isNew} leaves out what is older than the trigger.
   */
  get cursor(): string {
    return this.stored ?? 'earliest';
  }

  get isKnown(): boolean {
    return this.stored !== undefined;
  }

  /** One event further. */
  moveTo(cursor: string): void {
    this.data.cursor = cursor;
  }

  /** At the end of the log: from here on the cursor alone tells what is new, whatever the clocks say. */
  catchUp(cursor: string): void {
    this.data.cursor = cursor;
    delete this.data.since;
  }

  /** False for what happened before the trigger began. */
  isNew(event: Pick<RoomflowEvent, 'at'>): boolean {
    const { since } = this.data;
    return typeof since !== 'string' || Date.parse(event.at) >= Date.parse(since);
  }

  private get stored(): string | undefined {
    return typeof this.data.cursor === 'string' ? this.data.cursor : undefined;
  }
}
