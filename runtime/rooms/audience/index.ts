export type { AudienceJournal } from './journal.ts';
export { readAudienceSnapshot, type AudienceSnapshot } from './audience-snapshot.ts';
export { Pins } from './pins.ts';
export { personOf, workflow, type Person } from './person.ts';
export { SessionAudience } from './session-audience.ts';
export { Stage } from './stage.ts';
export { pollFor } from './tally.ts';
export { createStoredAudienceJournal, closePollsOf } from './stored-journal.ts';
export { createAudienceHistory, type AudienceHistory } from './history.ts';
