/** Keys of the conflict inbox. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

export type InboxCommand = 'next' | 'previous' | 'keep-catalog' | 'keep-shopify' | 'edit' | 'snooze' | 'help';

export const INBOX_KEYS: { keys: string[]; command: InboxCommand; label: string }[] = [
  { keys: ['j', 'ArrowDown'], command: 'next', label: 'Next conflict' },
  { keys: ['k', 'ArrowUp'], command: 'previous', label: 'Previous conflict' },
  { keys: ['c'], command: 'keep-catalog', label: 'Keep catalog' },
  { keys: ['s'], command: 'keep-shopify', label: 'Keep Shopify' },
  { keys: ['e'], command: 'edit', label: 'Edit to another value' },
  { keys: ['z'], command: 'snooze', label: 'Snooze' },
  { keys: ['?'], command: 'help', label: 'Show these shortcuts' },
];

/** Where keys have a meaning of their own: what is typed into, and what is moved in by arrows. */
const TYPED_INTO = 'input:not([type="checkbox"]), textarea, select, [contenteditable="true"]';
const MOVED_IN =
  '[role="dialog"], [role="tablist"], [role="menu"], [role="listbox"], [role="radiogroup"], .Polaris-Popover';

/** The command of a key press; null where it is none, or means something else where it was pressed. */
export function commandOf(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
  target: EventTarget | null;
}): InboxCommand | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const { target } = event;
  if (target instanceof Element && (target.closest(TYPED_INTO) ?? target.closest(MOVED_IN)) !== null)
    return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return INBOX_KEYS.find(({ keys }) => keys.includes(key))?.command ?? null;
}

const STORED_AS = 'lockstep-inbox-shortcuts';

/** What holds where the browser keeps storage from a framed page. */
let chosen: boolean | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function isOn(): boolean {
  if (chosen !== null) return chosen;
  try {
    return localStorage.getItem(STORED_AS) !== 'off';
  } catch {
    return true; // no storage: nobody has turned them off yet
  }
}

function turn(on: boolean): void {
  chosen = on;
  try {
    localStorage.setItem(STORED_AS, on ? 'on' : 'off');
  } catch {
    // no storage: the choice holds until the page is loaded anew
  }
  for (const listener of listeners) listener();
}

/** Whether this browser uses the shortcuts; a person who dictates or reads aloud may turn them off. */
export function useShortcutsOn(): [boolean, (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, isOn, () => true), turn];
}

/** Calls `run` for each command while `enabled`. */
export function useInboxShortcuts(enabled: boolean, run: (command: InboxCommand) => void): void {
  const current = useRef(run);
  useEffect(() => {
    current.current = run;
  });
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      const command = commandOf(event);
      if (command === null) return;
      event.preventDefault();
      current.current(command);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [enabled]);
}
