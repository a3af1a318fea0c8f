/* eslint-disable @typescript-eslint/no-unused-vars -- all parts are joined into one script (assets.ts) */
/*
 * The admin page around the app: draws what the app's App Bridge stand-in asks for. Its parts are joined into one script
 * in the order listed in assets.ts.
 */

/** Makes an element with properties and children; a child may be text. */
function make(name, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

/** Asks a question; the promise settles with whether the first button was pressed. Escape and Cancel say no. */
function confirmDialog({ title, text, yes, no }) {
  return new Promise((resolve) => {
    const heading = make('h2', { id: 'dialog-title', textContent: title });
    const dialog = make(
      'dialog',
      { className: 'dialog' },
      make(
        'form',
        { method: 'dialog' },
        heading,
        make('p', { textContent: text }),
        make(
          'footer',
          {},
          make('button', { value: 'no', textContent: no }),
          make('button', { value: 'yes', textContent: yes, className: 'primary' }),
        ),
      ),
    );
    dialog.setAttribute('aria-labelledby', 'dialog-title');
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
