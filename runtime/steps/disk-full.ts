/** What the system says when nothing more can be written (errno(3)): full, over quota, over a size limit. */
const noRoomCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** True when an error says that the disk takes no more. */
export const isDiskFull = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && noRoomCodes.includes(error.code);
