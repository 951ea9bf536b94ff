/*
 * Every colour is a variable: tests/e2e/report_study.py takes them from here and computes their
 * contrast, light and dark. Paper is always light, so that dark is of screens alone.
 *
 * Nothing makes the page scroll sideways: what is wide stands in a .scroll. Long words break in
 * text, not in tables, where a column would shrink to one letter before its box scrolls.
 */
#include "analysis/style.h"

#include <stddef.h>

const char *const style_css[] = {
    /* colours; of lines and arrows as in the figures (Okabe and Ito 2008) */
    ":root{color-scheme:light;--bg:#ffffff;--fg:#222222;--muted:#555555;--soft:#f4f5f6;"
    "--line:#dddddd;--rule:#888888;--accent:#005a8e;--good:#00694d;--bad:#b3261e;"
    "--on-badge:#ffffff;--badge-good:#00694d;--badge-bad:#b3261e;--badge-note:#5a4a8a;"
    "--bu:#0072b2;--ba:#007f5f;--ike:#7a3e9d;--lost:#b3261e;--wait:#f4d9a8;--wait-edge:#a86f00;"
    "--lane:#bbbbbb;--dot:#444444}\n"
    "@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--bg:#16181c;"
    "--fg:#e4e6ea;--muted:#a9afb8;--soft:#22262c;--line:#363b43;--rule:#7d848f;--accent:#79bdf0;"
    "--good:#5fd0a5;--bad:#ff9489;--on-badge:#101215;--badge-good:#5fd0a5;--badge-bad:#ff9489;"
    "--badge-note:#c3b2f5;--bu:#62b6ea;--ba:#3ecf9f;--ike:#cda4f4;--lost:#ff9489;--wait:#5b4a22;"
    "--wait-edge:#d9a441;--lane:#5c636e;--dot:#c6cbd3}}\n",
    /* text */
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
    "body{font:15px/1.45 system-ui,'DejaVu Sans',sans-serif;color:var(--fg);background:var(--bg);"
    "max-width:1040px;margin:2rem auto;padding:0 1rem}\n"
    "h1,h2,h3,h4,p,li,pre,summary,figcaption,.badge{overflow-wrap:anywhere}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:.2rem 0 .6rem}\n"
    "h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:2px solid var(--accent);"
    "padding-bottom:.2rem}\n"
    "h3{font-size:1rem;margin:1.4rem 0 .2rem}h4{margin:.6rem 0 .2rem;font-size:.85rem}\n"
    "p{margin:.4rem 0;max-width:70em}.lead{font-size:1.02rem}\n"
    ".small{font-size:.8rem;color:var(--muted)}\n"
    "a{color:var(--accent)}code,pre{font-family:'DejaVu Sans Mono',monospace;font-size:.78rem}\n"
    "pre{background:var(--soft);padding:.8rem;white-space:pre-wrap}\n"
    "summary{cursor:pointer;font-size:.85rem;color:var(--accent)}details{margin:.4rem 0}\n"
    ".contents{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;padding:0;"
    "margin:.8rem 0;font-size:.85rem}\n"
    ".badge{display:inline-block;max-width:100%;box-sizing:border-box;padding:.15rem .7rem;"
    "margin:0 .4rem .3rem 0;border-radius:1rem;font-weight:600;color:var(--on-badge)}\n"
    ".badge.good{background:var(--badge-good)}.badge.bad{background:var(--badge-bad)}"
    ".badge.note{background:var(--badge-note)}\n",
    /* tables */
    ".scroll{overflow-x:auto;max-width:100%}\n"
    "table{border-collapse:collapse;font-size:.82rem;margin:.5rem 0}\n"
    "th,td{padding:.22rem .6rem .22rem 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--line)}\n"
    "th{font-weight:600;color:var(--muted);border-bottom:1px solid var(--rule)}\n"
    "tbody th{font-weight:400;color:var(--fg);border-bottom:1px solid var(--line)}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "thead .n{white-space:normal;vertical-align:bottom}\n"
    ".i{display:block;font-size:.75rem;color:var(--muted)}\n"
    ".yes{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}\n"
    ".columns{columns:3 18rem}.port{break-inside:avoid}.port table{font-size:.72rem;width:100%}\n",
    /* figures: a white card, drawn as on paper */
    "figure{margin:1rem 0;break-inside:avoid}figcaption{font-size:.8rem;color:var(--muted)}\n"
    ".card{background:#ffffff}.card svg,.card img{color:#000000;display:block;width:100%;"
    "min-width:36rem;max-width:1000px;height:auto}\n",
    /* ladders */
    ".story{break-inside:avoid}\n"
    "svg.ladder{display:block;width:100%;min-width:44rem;max-width:960px;height:auto}\n"
    ".ladder text{font:11px system-ui,'DejaVu Sans',sans-serif;fill:var(--fg);paint-order:stroke;"
    "stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}\n"
    ".ladder .lane{font-weight:700;text-anchor:middle}\n"
    ".ladder .t,.ladder .left{text-anchor:end}.ladder .t,.ladder .way,.ladder .in,.ladder .name{"
    "fill:var(--muted)}\n"
    ".ladder path{fill:none;stroke-width:1.6}.ladder .line,.ladder .axis{stroke:var(--lane)}\n"
    ".ladder .leader{stroke:var(--lane);stroke-width:.8}"
    ".ladder circle,.ladder .mark{fill:var(--dot)}\n"
    ".ladder .wait{fill:var(--wait);stroke:var(--wait-edge)}.ladder .flow{fill:var(--lane)}"
    ".ladder .gap{fill:var(--bg);stroke:var(--lost);stroke-width:1.5}\n"
    ".ladder path.bu{stroke:var(--bu)}.ladder path.ba{stroke:var(--ba);stroke-dasharray:7 3}"
    ".ladder path.ike{stroke:var(--ike);stroke-dasharray:2.5 2.5}"
    ".ladder path.lost{stroke:var(--lost);stroke-width:2.4}\n"
    ".ladder path.head{stroke:none}.ladder .bu.head{fill:var(--bu)}"
    ".ladder .ba.head{fill:var(--ba)}.ladder .ike.head{fill:var(--ike)}\n",
    "@media (max-width:600px){body{margin:1rem auto}h1{font-size:1.35rem}}\n",
    /* paper: boxes do not scroll there, so that what is in them breaks instead; what is folded is
     * left out, but for the rest of a table, which unfolds where the browser can do that */
    "@media print{@page{margin:14mm}body{font-size:10px;max-width:none;margin:0;padding:0}"
    "h1{font-size:18px}h2{font-size:13px}h2,h3,h4{break-after:avoid}"
    ".contents,details:not(.keep){display:none}"
    "details.keep::details-content{display:block;content-visibility:visible}"
    ".scroll{overflow:visible}table{font-size:8px;max-width:100%}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    "th,td,.n,code{white-space:normal;overflow-wrap:anywhere}.i,.small{font-size:8px}"
    ".card svg,.card img,svg.ladder{min-width:0;max-width:100%}"
    ".card svg,.card img,svg.ladder{max-height:90vh}"
    ".badge{color:var(--fg);background:none;border:1px solid var(--rule)}"
    ".badge.good,.badge.bad,.badge.note{background:none}a{color:var(--fg)}}\n",
    NULL};
