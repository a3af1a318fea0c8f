/* Custom elements of App Bridge. They show nothing themselves: the admin page does, told of every change. */
const hidden = document.createElement('style');
hidden.textContent =
  'ui-nav-menu,s-app-nav,ui-title-bar,ui-save-bar,ui-modal,s-app-window{display:none !important}' +
  '.emulator-modal{position:fixed;inset:0;z-index:2147483000;display:flex;align-items:center;justify-content:center;' +
  'padding:16px;background:rgba(20,24,31,.55)}' +
  '.emulator-modal>section{display:flex;flex-direction:column;width:100%;max-width:620px;max-height:100%;' +
  'background:#fff;color:#1d2430;border-radius:14px;overflow:hidden;font-family:system-ui,sans-serif}' +
  '.emulator-modal[data-variant=small]>section{max-width:420px}' +
  '.emulator-modal[data-variant=large]>section{max-width:960px}' +
  '.emulator-modal[data-variant=max]>section{max-width:none;height:100%}' +
  '.emulator-modal header,.emulator-modal footer{display:flex;gap:8px;align-items:center;padding:12px 16px;' +
  'background:#f4f5f7}.emulator-modal header h2{flex:1;margin:0;font-size:15px}' +
  '.emulator-modal footer{justify-content:flex-end}.emulator-modal main{overflow:auto;flex:1}' +
  '.emulator-modal iframe{width:100%;height:70vh;border:0;display:block}' +
  '.emulator-modal button{font:inherit;font-size:14px;padding:6px 12px;border-radius:8px;border:1px solid #b8bec9;' +
  'background:#fff;color:#1d2430;cursor:pointer}' +
  '.emulator-modal button[data-variant=primary]{background:#20304a;border-color:#20304a;color:#fff}';
document.head.append(hidden);

let nextElementId = 1;

/** A button or link as the admin page needs it to draw one; a click there clicks this element. */
function describeAction(element) {
  element.emulatorId ??= `action-${nextElementId++}`;
  return {
    id: element.emulatorId,
    label: element.textContent.trim(),
    variant: element.getAttribute('variant') ?? '',
    tone: element.getAttribute('tone') ?? '',
    disabled: element.hasAttribute('disabled'),
    loading: element.hasAttribute('loading') && element.getAttribute('loading') !== 'false',
  };
}

onAdminEvent('action', ({ id }) => {
  for (const element of document.querySelectorAll(
    'ui-title-bar button, ui-title-bar a, ui-save-bar button',
  )) {
    if (element.emulatorId === id) element.click();
  }
});

/** Calls `changed` at once, and after every change inside the element while it is in the document. */
class WatchedElement extends HTMLElement {
  connectedCallback() {
    this.observer = new MutationObserver(() => this.changed());
    this.observer.observe(this, { attributes: true, childList: true, characterData: true, subtree: true });
    this.changed();
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    this.removed();
  }

  changed() {}
  removed() {}
}

class NavigationMenu extends WatchedElement {
  changed() {
    const links = [...this.querySelectorAll('a[href], s-link[href]')];
    tell('nav-menu', {
      items: links.map((link) => ({
        label: link.textContent.trim(),
        path: link.getAttribute('href'),
        home: link.getAttribute('rel') === 'home',
      })),
    });
  }
}

class TitleBar extends WatchedElement {
  changed() {
    if (this.closest('ui-modal')) return;
    const own = [...this.children].filter((child) => child.matches('button, a'));
    const isBreadcrumb = (element) => element.getAttribute('variant') === 'breadcrumb';
    tell('title-bar', {
      title: this.getAttribute('title') ?? document.title,
      breadcrumb: own.filter(isBreadcrumb).map(describeAction)[0] ?? null,
      actions: own.filter((element) => !isBreadcrumb(element)).map(describeAction),
      groups: [...this.querySelectorAll('section')].map((section) => ({
        label: section.getAttribute('label') ?? '',
        actions: [...section.querySelectorAll('button, a')].map(describeAction),
      })),
    });
  }

  removed() {
    if (!document.querySelector('ui-title-bar'))
      tell('title-bar', { title: '', breadcrumb: null, actions: [], groups: [] });
  }
}

/** Shown or not, with the events both save bars and modals have. */
class ToggledElement extends WatchedElement {
  showing = false;

  async show() {
    if (this.showing) return;
    this.showing = true;
    this.changed();
    this.dispatchEvent(new Event('show'));
  }

  async hide() {
    if (!this.showing) return;
    this.showing = false;
    this.changed();
    this.dispatchEvent(new Event('hide'));
  }

  toggle() {
    return this.showing ? this.hide() : this.show();
  }

  removed() {
    void this.hide();
  }
}

class SaveBar extends ToggledElement {
  get discardConfirmation() {
    return this.hasAttribute('discardConfirmation');
  }

  set discardConfirmation(wanted) {
    this.toggleAttribute('discardConfirmation', Boolean(wanted));
  }

  changed() {
    this.emulatorId ??= `save-bar-${nextElementId++}`;
    const buttons = [...this.querySelectorAll('button')];
    const save = buttons.find((button) => button.getAttribute('variant') === 'primary');
    const discard = buttons.find((button) => button !== save);
    tell('save-bar', {
      bar: this.emulatorId,
      showing: this.showing,
      discardConfirmation: this.discardConfirmation,
      save: save ? describeAction(save) : null,
      discard: discard ? describeAction(discard) : null,
    });
  }
}

const MODAL_VARIANTS = ['small', 'base', 'large', 'max'];

/** Draws its content over the app's own document, so that the app's styles and React portals reach it. */
class ModalElement extends ToggledElement {
  content = document.createElement('div');
  overlay = null;

  get variant() {
    const wanted = this.getAttribute('variant');
    return MODAL_VARIANTS.includes(wanted) ? wanted : 'base';
  }

  set variant(wanted) {
    this.setAttribute('variant', wanted);
  }

  get src() {
    return this.getAttribute('src') ?? undefined;
  }

  set src(address) {
    if (address === undefined) this.removeAttribute('src');
    else this.setAttribute('src', address);
  }

  get contentWindow() {
    return this.overlay?.querySelector('iframe')?.contentWindow ?? null;
  }

  changed() {
    if (this.showing) this.draw();
    else this.overlay?.remove();
    if (!this.showing) this.overlay = null;
  }

  draw() {
    const bar = this.querySelector('ui-title-bar');
    const title = bar?.getAttribute('title') ?? '';
    if (!this.overlay) this.build();
    this.overlay.dataset.variant = this.variant;
    this.overlay.querySelector('section').setAttribute('aria-label', title || 'Dialog');
    this.overlay.querySelector('h2').textContent = title;
    const footer = this.overlay.querySelector('footer');
    const actions = [...(bar?.querySelectorAll('button, a') ?? [])];
    footer.hidden = actions.length === 0;
    footer.replaceChildren(
      ...actions.map((action) => {
        const button = document.createElement('button');
        button.textContent = action.textContent;
        button.dataset.variant = action.getAttribute('variant') ?? '';
        button.disabled = action.hasAttribute('disabled');
        button.addEventListener('click', () => action.click());
        return button;
      }),
    );
  }

  build() {
    this.overlay = document.createElement('div');
    this.overlay.className = 'emulator-modal';
    this.overlay.innerHTML =
      '<section role="dialog" aria-modal="true"><header><h2></h2><button type="button">Close</button></header>' +
      '<main></main><footer></footer></section>';
    this.overlay.querySelector('header button').addEventListener('click', () => void this.hide());
    this.overlay.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') void this.hide();
    });
    const main = this.overlay.querySelector('main');
    if (this.src !== undefined) {
      const frame = document.createElement('iframe');
      frame.src = new URL(this.src, location.href).href;
      frame.title = 'Dialog content';
      main.append(frame);
    } else {
      const written = [...this.children].filter(
        (child) => !child.matches('ui-title-bar, ui-save-bar, div:empty'),
      );
      if (this.content.childNodes.length === 0)
        this.content.append(...written.map((child) => child.cloneNode(true)));
      main.append(this.content);
    }
    document.body.append(this.overlay);
    this.overlay.querySelector('header button').focus();
  }
}

for (const [name, parent] of [
  ['ui-nav-menu', NavigationMenu],
  ['s-app-nav', NavigationMenu],
  ['ui-title-bar', TitleBar],
  ['ui-save-bar', SaveBar],
  ['ui-modal', ModalElement],
  ['s-app-window', ModalElement],
]) {
  if (!customElements.get(name)) customElements.define(name, class extends parent {});
}
