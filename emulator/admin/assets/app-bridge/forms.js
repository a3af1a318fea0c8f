/* <form data-save-bar>: the save bar appears with the first change and goes with save, discard or reset. */
const FORM = 'form[data-save-bar]';
const formBars = new WeakMap();

function barOf(form) {
  const known = formBars.get(form);
  if (known?.isConnected) return known;
  const bar = document.createElement('ui-save-bar');
  bar.discardConfirmation = form.hasAttribute('data-discard-confirmation');
  const save = document.createElement('button');
  save.type = 'button';
  save.setAttribute('variant', 'primary');
  save.textContent = 'Save';
  save.addEventListener('click', () => form.requestSubmit());
  const discard = document.createElement('button');
  discard.type = 'button';
  discard.textContent = 'Discard';
  discard.addEventListener('click', () => form.reset());
  bar.append(save, discard);
  document.body.append(bar);
  formBars.set(form, bar);
  return bar;
}

function formOf(event) {
  return event.target instanceof Element ? event.target.closest(FORM) : null;
}

for (const type of ['input', 'change']) {
  document.addEventListener(type, (event) => {
    const form = formOf(event);
    if (form) void barOf(form).show();
  });
}
for (const type of ['submit', 'reset']) {
  document.addEventListener(type, (event) => {
    const form = formOf(event);
    if (form) void formBars.get(form)?.hide();
  });
}
