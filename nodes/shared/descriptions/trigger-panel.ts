import type { TriggerPanelDefinition } from 'n8n-workflow';

/** What the editor says beside a trigger, worded for what it waits for. */
export function triggerPanel(waitsFor: string): TriggerPanelDefinition {
  return {
    header: '',
    executionsHelp: {
      inactive: `<b>While building your workflow</b>, click the “execute step” button, then ${waitsFor}. This will run the workflow in this editor.<br /><br /><b>Once you are happy with it</b>, publish it. From then on each event starts the workflow, also those that happen while n8n or the runtime is restarting. These executions show up in the executions list, not here.`,
      active: `<b>While building your workflow</b>, click the “execute step” button, then ${waitsFor}. This will run the workflow in this editor, and the published one as well.<br /><br /><b>The published workflow</b> runs by itself. Its executions show up in the <a data-key="executions">executions list</a>.`,
    },
    activationHint: `Execute the step, then ${waitsFor}: the event shows up on the right. Once the workflow is published, it runs by itself each time.`,
  };
}
