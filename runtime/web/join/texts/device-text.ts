import type { DeviceProblem } from '../devices/index.ts';

export type DeviceName = 'microphone' | 'camera' | 'screen';

/** What is wrong with a device, and what to do. */
export function deviceText(device: DeviceName, problem: DeviceProblem): { title: string; advice: string } {
  const Name = device.charAt(0).toUpperCase() + device.slice(1);
  switch (problem) {
    case 'denied':
      return {
        title: `${Name} is blocked`,
        advice: `Allow the ${device} in the site settings, next to the address, then try again.`,
      };
    case 'missing':
      return {
        title: `No ${device} found`,
        advice: `Plug one in or switch it on, then try again.`,
      };
    case 'in-use':
      return {
        title: `${Name} is busy`,
        advice: `Another app or tab seems to be using it. Close that, then try again.`,
      };
    case 'insecure':
      return {
        title: `${Name} needs a secure page`,
        advice: 'Browsers only give it to pages opened over https. Ask the host for an https link.',
      };
    case 'unknown':
      return {
        title: `${Name} did not start`,
        advice: 'Try again, or choose another device.',
      };
  }
}
