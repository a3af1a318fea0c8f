/* eslint-disable @typescript-eslint/no-unused-vars -- all parts are joined into one script (assets.ts) */
/* What surrounds the app's frame: title bar, navigation, save bar, toasts, loading bar. */
const place = (id) => document.getElementById(id);

/** A button for an action of the app; a press is sent to the element it stands for. */
function actionButton(action, onPress) {
  const button = make('button', {
    type: 'button',
    textContent: action.label,
    disabled: action.disabled || action.loading,
    className: action.variant === 'primary' ? 'primary' : '',
    dataset: { tone: action.tone },
  });
  if (action.loading) button.setAttribute('aria-busy', 'true');
  button.addEventListener('click', () => onPress(action));
  return button;
}

function drawTitleBar({ title, breadcrumb, actions, groups }, onPress) {
  const bar = place('app-title');
  const heading = make('h1', { textContent: title || bar.dataset.appName });
  const buttons = actions.map((action) => actionButton(action, onPress));
  const menus = groups.map((group) =>
    make(
      'details',
      { className: 'actions' },
      make('summary', { textContent: group.label }),
      make('div', {}, ...group.actions.map((action) => actionButton(action, onPress))),
    ),
  );
  bar.replaceChildren(
    ...(breadcrumb ? [actionButton(breadcrumb, onPress)] : []),
    heading,
    ...menus,
    ...buttons,
  );
}

function drawNavigation({ items }, currentPath, onChoose) {
  const entries = items
    .filter((item) => !item.home)
    .map((item) => {
      const link = make('a', {
        href: place('app-frame').dataset.appPath + item.path,
        textContent: item.label,
      });
      const isCurrent = currentPath === item.path || currentPath.startsWith(`${item.path}/`);
      if (isCurrent) link.setAttribute('aria-current', 'page');
      link.addEventListener('click', (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onChoose(item.path);
      });
      return make('li', {}, link);
    });
  place('app-nav').replaceChildren(...entries);
}

function drawSaveBar(bar, onPress) {
  const element = place('save-bar');
  element.hidden = bar === null;
  if (bar === null) return element.replaceChildren();
  const buttons = [bar.discard, bar.save].filter(Boolean).map((action) => actionButton(action, onPress));
  element.replaceChildren(make('span', { textContent: 'Unsaved changes' }), ...buttons);
}

/** Shows a message for a while; `gone` is told when it leaves, and whether somebody closed it. */
function drawToast({ toast, message, duration, isError, action }, { gone, acted }) {
  const element = make(
    'div',
    { className: 'toast', dataset: { toast, error: String(isError) } },
    make('span', { textContent: message }),
  );
  const leave = (dismissed) => {
    if (!element.isConnected) return;
    element.remove();
    gone(dismissed);
  };
  if (action) {
    const button = make('button', { type: 'button', textContent: action });
    button.addEventListener('click', () => {
      acted();
      leave(false);
    });
    element.append(button);
  }
  const close = make('button', { type: 'button', textContent: '×' });
  close.setAttribute('aria-label', 'Close message');
  close.addEventListener('click', () => leave(true));
  element.append(close);
  place('toasts').append(element);
  setTimeout(() => leave(false), duration);
}
