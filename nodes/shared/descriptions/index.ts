export { metadataOption, recordTooOption, webhookOption } from './options';
export { pagingFields } from './paging';
export { participantField } from './participant';
export { roomField, roomFilterField } from './room';
export { speechFilterFields } from './speech';
export { stepField } from './step';
export { triggerPanel } from './trigger-panel';
