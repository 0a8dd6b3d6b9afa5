import type { VNode } from 'preact';

/** The name a person goes in with. */
export function NameField(props: { name: string; onName: (name: string) => void }): VNode {
  return (
    <label class="field">
      <span>Your name</span>
      <input
        type="text"
        name="name"
        value={props.name}
        maxLength={100}
        required
        autocomplete="name"
        placeholder="How others will see you"
        onInput={({ currentTarget }) => props.onName(currentTarget.value)}
      />
    </label>
  );
}
