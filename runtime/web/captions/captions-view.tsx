import type { VNode } from 'preact';
import { useCaptions } from './captions-context.ts';
import { bySpeaker } from './shown-captions.ts';

/**
 * What is being said, over the lower end of whatever this stands in. A screen reader is told each text once, when it
 * is final: the growing ones on the screen would be read again and again.
 */
export function CaptionsView(): VNode {
  const captions = useCaptions();
  const onShow = captions.onShow.value;
  const speakers = bySpeaker(onShow);
  return (
    <>
      <div class="captions-space" aria-hidden="true">
        <div class="captions" data-speakers={speakers.length}>
          {speakers.map(({ participantId, name, texts }) => (
            <div
              key={participantId}
              class="caption-speaker"
              data-leaving={texts.every(({ leaving }) => leaving)}
            >
              <span class="caption-name">{name}</span>
              <div class="caption-texts">
                {texts.map(({ segmentId, text, isFinal }) => (
                  <p key={segmentId} class="caption-text" data-final={isFinal} data-segment-id={segmentId}>
                    {text}
                  </p>
                ))}
              </div>
            </div>
          ))}
        </div>
      </div>
      <div class="visually-hidden" role="log" aria-live="polite" aria-label="Captions">
        {onShow
          .filter(({ isFinal }) => isFinal)
          .map(({ segmentId, participantName, text }) => (
            <p key={segmentId}>{`${participantName}: ${text}`}</p>
          ))}
      </div>
    </>
  );
}
