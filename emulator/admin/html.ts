/** HTML written safely: everything put into an `html` template is escaped, unless it came out of one. */

export class Markup {
  constructor(readonly text: string) {}
}

type Insert = Markup | string | number | null | undefined | false | readonly Insert[];

function escape(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function write(insert: Insert): string {
  if (insert instanceof Markup) return insert.text;
  if (insert === null || insert === undefined || insert === false) return '';
  if (typeof insert === 'string' || typeof insert === 'number') return escape(String(insert));
  return insert.map(write).join('');
}

/** A template tag: html`<b>${name}</b>`. Lists are joined; null, undefined and false write nothing. */
export function html(strings: TemplateStringsArray, ...inserts: Insert[]): Markup {
  return new Markup(strings.map((part, index) => part + write(inserts[index])).join(''));
}
