export { changeStep } from './change-step';
export { startStep } from './start-step';
