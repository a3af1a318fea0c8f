/** How the reference looks, in light and dark, wide and narrow. */
export const REFERENCE_STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --link: light-dark(#0550ae, #79b8ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
a { color: var(--link); }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
pre { background: var(--soft); padding: 1rem; overflow-x: auto; border-radius: 0.5rem; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: 0.875rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav ul ul { padding: 0 0 0.5rem 0.75rem; }
nav li { margin: 0.25rem 0; }
main { padding: 1.5rem 2rem 4rem; max-width: 64rem; }
section section { border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 2rem; }
.method { font: 600 0.75rem ui-monospace, monospace; background: var(--soft); padding: 0.1rem 0.4rem; border-radius: 0.25rem; }
.address { overflow-wrap: anywhere; }
.required { font-size: 0.75rem; font-weight: 400; font-style: italic; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); }
th[scope=row] { font-weight: 400; width: 38%; }
th, td { overflow-wrap: anywhere; }
summary { cursor: pointer; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: Canvas; padding: 0.5rem; z-index: 1; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
  thead { position: absolute; left: -99rem; }
  tbody, tr, th[scope=row], td { display: block; width: auto; }
  tr { border-bottom: 1px solid var(--line); padding: 0.35rem 0; }
  th[scope=row], td { border: 0; padding: 0.1rem 0; }
  td:empty { display: none; }
}`;
