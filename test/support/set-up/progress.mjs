/**
 * Progress goes to the error output: the demo's and the benches' own output may be read by a program.
 */
export const say = (line) => process.stderr.write(`${line}\n`);

/** Something the user has to do before this can go on; shown without a stack trace. */
export class SetUpError extends Error {}
