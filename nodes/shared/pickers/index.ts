export { searchEngines } from './search-engines';
export { searchGraphs } from './search-graphs';
export { searchParticipants } from './search-participants';
export { searchRooms, searchRoomsOrEvery } from './search-rooms';
export { searchRecordSteps, searchTaps } from './search-steps';
export { searchTranscriptions } from './search-transcriptions';
export { searchVoices } from './search-voices';
