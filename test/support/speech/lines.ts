import type { Line, Voice } from './spoken.ts';

/** Everyday sentences of words that the built-in recogniser's dictionary has. */
export const sentences = [
  'please send the report to the office before noon',
  'we need three more people for the meeting on monday morning',
  'the weather in the north was cold and the roads were closed',
  'she said that the new house has a large garden and two trees',
  'can you tell me how to get to the train station',
  'they want to buy a small car for the family next year',
  'the doctor will see you in the afternoon at half past four',
  'my brother works in a bank and my sister is a teacher',
  'we should open the window because it is very warm in here',
  'the president of the company spoke about the plan for the future',
] as const;

/** Each of the sentences from the `first` on, in one voice. */
export const linesOf = (voice: Voice, first = 0, count: number = sentences.length): Line[] =>
  sentences.slice(first, first + count).map((text) => ({ text, voice }));
