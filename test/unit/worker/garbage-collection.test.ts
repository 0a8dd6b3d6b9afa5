import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { forwardingArguments, inheritedArguments } from '../../../runtime/worker/garbage-collection.ts';

describe('the arguments of a worker', () => {
  it('are taken by this Node', () => {
    const script = "console.log(require('node:v8').getHeapSpaceStatistics().length > 0)";
    const { status, stdout } = spawnSync(process.execPath, [...forwardingArguments, '-e', script]);
    expect([status, stdout.toString().trim()]).toEqual([0, 'true']);
  });

  it('are those of its parent too, but for a script on the command line', () => {
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
});
