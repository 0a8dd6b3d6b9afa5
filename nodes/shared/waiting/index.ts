export { resumeWebhooks, resumeWhenAllEnded, type Outcome } from './resume';
export { startAndWait } from './start-and-wait';
