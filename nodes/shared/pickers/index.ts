export { searchParticipants } from './search-participants';
export { searchRooms } from './search-rooms';
export { searchRecordSteps, searchTaps } from './search-steps';
