export { searchParticipants } from './search-participants';
export { searchRooms, searchRoomsOrEvery } from './search-rooms';
export { searchRecordSteps, searchTaps } from './search-steps';
