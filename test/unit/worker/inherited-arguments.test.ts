import { expect, it } from 'vitest';
import { inheritedArguments } from '../../../runtime/worker/inherited-arguments.ts';

it('leaves a worker the arguments of its parent, but for a script on the command line', () => {
  expect(inheritedArguments(['--import', 'x.mjs', '--inspect=0'])).toEqual([
    '--import',
    'x.mjs',
    '--inspect=0',
  ]);
  expect(inheritedArguments(['--no-warnings', '-e', 'serve()', '--inspect=0'])).toEqual([
    '--no-warnings',
    '--inspect=0',
  ]);
});
