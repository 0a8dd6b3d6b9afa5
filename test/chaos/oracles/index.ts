export { judgeEvents, type CommittedEvent, type EventRecords, type StoredDelivery } from './events.ts';
export { readEventStore } from './store.ts';
export { longestMissing, type MissingOptions, type Outage, type SentMoment } from './missing.ts';
export { picturesIn, toneIn, type Coverage } from './recorded.ts';
export { sentMeanwhileMs, whyUnplayable } from './playable.ts';
export { notAsOnDisk, notEndedWell, stillLive, type Ending, type KeptFile } from './states.ts';
export { filesOfSession, lookAtRoom, lookForFiles, type RoomAfterwards } from './endings.ts';
