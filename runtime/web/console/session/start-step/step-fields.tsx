import type { ComponentChildren, VNode } from 'preact';
import type { PictureNode, SpeechEngineView } from '../../../../contract/index.ts';
import { useLive } from '../../use-live.ts';
import type { StepInput } from './step-forms.ts';

type FieldsProps = { input: StepInput; onChange: (change: Partial<StepInput>) => void };

/** What is asked for the chosen step. */
export function StepFields(props: FieldsProps & { people: readonly PictureNode[] }): VNode {
  const { input, people, onChange } = props;
  switch (input.choice) {
    case 'record-room':
      return (
        <div class="fields">
          <AudioOnly input={input} onChange={onChange} />
          {!input.audioOnly && <Picture input={input} onChange={onChange} />}
        </div>
      );
    case 'record-person':
      return (
        <div class="fields">
          <Field label="Person">
            <select
              value={input.participantId}
              required
              onChange={({ currentTarget }) => onChange({ participantId: currentTarget.value })}
            >
              {people.map(({ id, participantId = '', label }) => (
                <option key={id} value={participantId}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
          <AudioOnly input={input} onChange={onChange} />
        </div>
      );
    case 'rtmp':
      return (
        <div class="fields">
          <Field label="Server">
            <input
              type="text"
              inputMode="url"
              value={input.url}
              required
              pattern="rtmps?://.+"
              placeholder="rtmps://a.rtmp.youtube.com/live2"
              onInput={({ currentTarget }) => onChange({ url: currentTarget.value })}
            />
          </Field>
          <Field label="Stream key">
            <input
              type="password"
              value={input.streamKey}
              autocomplete="off"
              placeholder="Left out when it is in the address"
              onInput={({ currentTarget }) => onChange({ streamKey: currentTarget.value })}
            />
          </Field>
          <Picture input={input} onChange={onChange} />
        </div>
      );
    case 'hls':
      return (
        <div class="fields">
          <Picture input={input} onChange={onChange} />
          <label class="check">
            <input
              type="checkbox"
              checked={input.isProtected}
              onChange={({ currentTarget }) => onChange({ isProtected: currentTarget.checked })}
            />
            <span>Only for those who have its signed address</span>
          </label>
        </div>
      );
    case 'transcribe':
      return <TranscribeFields input={input} onChange={onChange} />;
  }
}

function TranscribeFields({ input, onChange }: FieldsProps): VNode {
  const engines = useLive('engines', (api) => api.get<SpeechEngineView[]>('/v2/speech/engines'));
  return (
    <div class="fields">
      <Field label="Engine">
        <select
          value={input.engine}
          onChange={({ currentTarget }) => onChange({ engine: currentTarget.value })}
        >
          <option value="">The runtime’s own choice</option>
          {(engines.value ?? []).map(({ name, ready }) => (
            <option key={name} value={name} disabled={!ready}>
              {ready ? name : `${name} (not ready)`}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Language">
        <input
          type="text"
          value={input.language}
          pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
          placeholder="en-US; the engine’s own when left out"
          onInput={({ currentTarget }) => onChange({ language: currentTarget.value })}
        />
      </Field>
    </div>
  );
}

function Picture({ input, onChange }: FieldsProps): VNode {
  return (
    <>
      <Field label="Picture">
        <select
          value={input.quality}
          onChange={({ currentTarget }) => onChange({ quality: qualityOf(currentTarget.value) })}
        >
          <option value="low">854 × 480</option>
          <option value="med">1280 × 720</option>
          <option value="high">1920 × 1080</option>
        </select>
      </Field>
      <Field label="Layout">
        <select
          value={input.layout}
          onChange={({ currentTarget }) => onChange({ layout: layoutOf(currentTarget.value) })}
        >
          <option value="GRID">Grid</option>
          <option value="SIDEBAR">Sidebar</option>
          <option value="SPOTLIGHT">Spotlight</option>
        </select>
      </Field>
    </>
  );
}

const qualityOf = (value: string): StepInput['quality'] =>
  (['low', 'med', 'high'] as const).find((each) => each === value) ?? 'med';
const layoutOf = (value: string): StepInput['layout'] =>
  (['GRID', 'SIDEBAR', 'SPOTLIGHT'] as const).find((each) => each === value) ?? 'GRID';

function AudioOnly({ input, onChange }: FieldsProps): VNode {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={input.audioOnly}
        onChange={({ currentTarget }) => onChange({ audioOnly: currentTarget.checked })}
      />
      <span>Sound alone</span>
    </label>
  );
}

function Field({ label, children }: { label: string; children: ComponentChildren }): VNode {
  return (
    <label class="form-field">
      <span>{label}</span>
      {children}
    </label>
  );
}
