// Counts the A4 pages of printed derivations, as Chromium prints them at 10.5 pt with margins of 15 mm.
//
//     cd FOLDER && npm install markdown-it katex
//     node …/tests/pages/paper.cjs PAGE.md … PAGE.html …
//
// Libraries come from the current folder; CHROMIUM names the browser (/usr/bin/chromium otherwise). Each PDF stays
// beside its page. Markdown has a box of 60 mm where GitHub draws a Mermaid picture.
const { execFileSync } = require('node:child_process');
const { createRequire } = require('node:module');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const here = createRequire(path.join(process.cwd(), '/'));

function page(markdown) {
  const katex = here('katex');
  const tex = (text, displayMode) => katex.renderToString(text, { displayMode, throwOnError: true });
  const md = here('markdown-it')({ html: true });
  const formulas = [];
  const keep = (html) => `FORMULA${formulas.push(html) - 1}END`;
  const text = markdown
    .replace(/```math\n([\s\S]*?)\n```/g, (_, body) => keep(tex(body, true)))
    .replace(/```mermaid\n[\s\S]*?\n```/g, () => keep('<div style="height: 60mm; border: 1px solid gray"></div>'))
    .replace(/\$`([^`]*)`\$/g, (_, body) => keep(tex(body, false)));
  const body = md.render(text).replace(/FORMULA(\d+)END/g, (_, index) => formulas[index]);
  const css = path.join(path.dirname(here.resolve('katex')), 'katex.min.css');
  const style = `@page { size: A4; margin: 15mm } body { font: 10.5pt/1.3 serif; margin: 0 }
    table { border-collapse: collapse; font-size: 9.5pt; margin: 0.5em 0 } td, th { border: 1px solid #999; padding: 0 6px }
    p { margin: 0.5em 0 } .katex-display { margin: 0.4em 0 } .katex { font-size: 1.04em }
    h1, h2, h3 { margin: 0.8em 0 0.3em; break-after: avoid } h1 { font-size: 1.5em } h2 { font-size: 1.25em } h3 { font-size: 1.05em }
    tr, .katex-display { break-inside: avoid }`;
  return `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="file://${css}"><style>${style}</style>${body}`;
}

for (const file of process.argv.slice(2)) {
  let html = path.resolve(file);
  if (file.endsWith('.md')) {
    html = html.replace(/\.md$/, '.paper.html');
    fs.writeFileSync(html, page(fs.readFileSync(file, 'utf8')));
  }
  const pdf = html.replace(/\.html$/, '.pdf');
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'paper-'));
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`];
  const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';
  execFileSync(browser, [...options, '--no-pdf-header-footer', `--print-to-pdf=${pdf}`, `file://${html}`], { stdio: 'ignore' });
  fs.rmSync(profile, { recursive: true, force: true });
  const pages = fs.readFileSync(pdf, 'latin1').match(/\/Type\s*\/Page\b/g) ?? [];
  console.log(`${file}: ${pages.length} pages`);
}
