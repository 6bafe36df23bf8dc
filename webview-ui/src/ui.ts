// The only file that knows the component library. It is @vscode/webview-ui-toolkit, which was archived in January 2025
// and gets no more releases. The way out is @vscode-elements/elements, whose button and progress ring have the same
// names: only this file changes. Never load both, since whichever claims a name first keeps it.
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeProgressRing } from '@vscode/webview-ui-toolkit';
import { icon } from './element';

/** To be called once, before anything below is shown. */
export function defineComponents(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing());
}

export interface ButtonOptions {
  readonly label: string;
  readonly kind?: 'primary' | 'secondary';
  /** The name of a codicon, shown before the label. */
  readonly icon?: string;
  /** What a screen reader says where the label alone does not tell what it is about. */
  readonly spoken?: string;
  readonly onClick: () => void;
}

export interface Button {
  readonly node: HTMLElement;
  setLabel(label: string): void;
  setEnabled(isEnabled: boolean): void;
  setShown(isShown: boolean): void;
}

export function createButton({
  label,
  kind = 'secondary',
  icon: name,
  spoken,
  onClick,
}: ButtonOptions): Button {
  // A text node: the component takes a span for an icon and gives it an icon's size.
  const text = document.createTextNode(label);
  const node = document.createElement('vscode-button');
  node.setAttribute('appearance', kind);
  if (spoken !== undefined) node.setAttribute('aria-label', spoken);
  if (name !== undefined) {
    const start = icon(name);
    start.slot = 'start';
    node.append(start);
  }
  node.append(text);
  node.addEventListener('click', () => {
    if (!node.hasAttribute('disabled')) onClick();
  });
  return {
    node,
    setLabel: (next) => {
      if (text.data !== next) text.data = next;
    },
    setEnabled: (isEnabled) => void node.toggleAttribute('disabled', !isEnabled),
    setShown: (isShown) => void node.toggleAttribute('hidden', !isShown),
  };
}

/** Turns while something goes on; stands still for those who want less motion. */
export function createProgressRing(label: string): HTMLElement {
  const node = document.createElement('vscode-progress-ring');
  node.setAttribute('aria-label', label);
  return node;
}
