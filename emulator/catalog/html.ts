/** The `rewriteHtml` switch: the kind of clean-up an HTML sanitiser does. Whether Shopify does it is not known. */

/** Lower-cases tag names, closes void tags, uses double quotes, drops scripts, trims. */
export function rewrittenHtml(html: string): string {
  return html
    .replace(/<script[\s\S]*?<\/script>/gi, '')
    .replace(
      /<(\/?)([A-Za-z][A-Za-z0-9]*)/g,
      (_, slash: string, name: string) => `<${slash}${name.toLowerCase()}`,
    )
    .replace(/=\s*'([^'"]*)'/g, '="$1"')
    .replace(/<(br|hr|img)([^>]*?)\s*\/?>/g, '<$1$2>')
    .trim();
}

/** The text of HTML: tags dropped, the common entities resolved, white space joined. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}
