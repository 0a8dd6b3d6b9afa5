import type { Page, Transcription, TranscriptSegment } from '../../../contract/index.ts';
import type { Api } from '../client/index.ts';

const PER_PAGE = 200;
/** Some ten hours of talk. */
const MOST_PAGES = 50;

/** Everything that was said, in the order in which it began. */
export async function allSegments(
  api: Api,
  { id, type }: Pick<Transcription, 'id' | 'type'>,
): Promise<TranscriptSegment[]> {
  const path = `/ai/v1/${type === 'realtime' ? 'realtime' : 'post'}-transcriptions/${encodeURIComponent(id)}/segments`;
  const segments: TranscriptSegment[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { data, pageInfo } = await api.get<Page<TranscriptSegment>>(path, { page, perPage: PER_PAGE });
    segments.push(...data);
    if (page >= pageInfo.lastPage) {
      break;
    }
  }
  return segments;
}
