export { changeLook } from './change-look';
export { changeStep } from './change-step';
export { startStep } from './start-step';
