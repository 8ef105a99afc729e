/** The report's style sheet: one column on a phone, as many as fit on a desk, light or dark as the reader likes. */

const LIGHT = `
--paper:#f6f7f9;--card:#fff;--ink:#1a2230;--soft:#566275;--line:#dde2ea;--grid:#e8ecf1;
--model:#1f5fbf;--second:#c25410;--band:#1f5fbf33;--quote:#76839a;--missed:#d03a1f;
--good:#167a45;--good-wash:#e2f3e9;--bad:#b3261e;--bad-wash:#fbe6e4;--over:#ffffff55;`;

const DARK = `
--paper:#10151d;--card:#19202b;--ink:#e7ecf3;--soft:#a0adbf;--line:#2d3746;--grid:#273140;
--model:#6ea8ff;--second:#f2a05e;--band:#6ea8ff40;--quote:#8d9bb0;--missed:#ff7a5c;
--good:#5fd08f;--good-wash:#15352a;--bad:#ff8f85;--bad-wash:#42211f;--over:#ffffff2e;`;

const PAGE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,footer{max-width:1560px;margin:0 auto;padding:0 clamp(12px,2.5vw,32px)}
header{padding-top:24px}
h1{font-size:clamp(1.35rem,1.1rem + 1.2vw,2rem);line-height:1.2;margin:0 0 4px}
h3{font-size:1.02rem;margin:18px 0 6px}
h2{font-size:1.25rem;margin:36px 0 4px;scroll-margin-top:12px}
p{margin:0 0 12px;max-width:76ch}
.soft,figcaption{color:var(--soft)}
.verdict{font-size:1.1rem;margin:12px 0;padding:10px 14px;border-left:4px solid var(--good);background:var(--good-wash);border-radius:4px}
.verdict.bad{border-color:var(--bad);background:var(--bad-wash)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:12px 0 0;padding:0}
a{color:var(--model)}
nav a{display:inline-block;padding:4px 0}
a:focus-visible,summary:focus-visible,.scroll:focus-visible,canvas:focus-visible{outline:2px solid var(--model);outline-offset:2px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;margin:16px 0 0;padding:0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px;min-width:0}
.tiles dt{font-size:.8rem;color:var(--soft)}
.tiles dd{margin:0;font-size:1.35rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.tiles small{display:block;font-size:.78rem;font-weight:400;color:var(--soft);overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:14px}
figure,.card{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:0;padding:10px;min-width:0}
figcaption{font-size:.86rem;line-height:1.4;margin-bottom:4px}
figcaption strong{display:block;color:var(--ink);font-size:.95rem}
footer{padding-top:28px;padding-bottom:32px;font-size:.85rem;color:var(--soft)}
details{margin:8px 0}summary{cursor:pointer;padding:4px 0}
.names{font-size:.85rem;overflow-wrap:anywhere;max-height:16em;overflow:auto;padding:0 8px}
.key{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:.86rem;color:var(--soft);list-style:none;padding:0;margin:0 0 10px}
.key svg{display:inline-block;width:26px;height:14px;vertical-align:-2px;margin-right:6px}
@media print{nav{display:none}figure,.card{break-inside:avoid}}`;

const TABLES = `
.table{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:0 0 12px;min-width:0}
.caption{margin:0;padding:10px 12px 2px;color:var(--soft);font-size:.88rem;max-width:none}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:6px 9px;text-align:right;border-top:1px solid var(--line);vertical-align:top;white-space:nowrap}
thead th{color:var(--soft);font-weight:600;border-top:0;vertical-align:bottom}
tbody th{font-weight:500}
th:first-child,td.text,th.text{text-align:left}
td.long{white-space:normal;min-width:11em;overflow-wrap:anywhere}
th.long{white-space:normal;min-width:7.5em}
.pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}`;

const FIGURES = `
svg{display:block;width:100%;height:auto}
figure svg{max-width:540px;margin:0 auto}
svg text{font-family:inherit;fill:var(--soft)}
.tick{font-size:11px}.axis{font-size:11.5px}
path{fill:none}
.grid{stroke:var(--grid);stroke-width:1}
.over .grid{stroke:var(--over)}
.band{fill:var(--band)}
.curve{stroke:var(--model);stroke-width:1.8;stroke-linejoin:round}
.s1.curve{stroke:var(--second)}
.dot{fill:var(--model)}.dot.s1{fill:var(--second)}
.quote path{stroke:var(--quote);stroke-width:1.3}.quote.missed path{stroke:var(--missed);stroke-width:1.5}
.residual{stroke:var(--soft);stroke-width:.5}
#surface3d{position:relative;min-height:0}
#surface3d canvas{display:block;width:100%;aspect-ratio:4/3;max-width:620px;margin:0 auto;touch-action:pan-y;cursor:grab;border-radius:4px}
#surface3d p{margin:0;padding:16px 4px;color:var(--soft)}`;

export const styleSheet = `:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
${PAGE}${TABLES}${FIGURES}`;
