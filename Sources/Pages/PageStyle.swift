/// The style of a page: on a screen, small or large, light or dark, and on paper.
///
/// The colours stay distinct for readers with colour blindness: blue against grey, and the palette of Okabe and Ito for
/// lines, whose dashes differ as well.
enum PageStyle {
  /// The number of rows of a table that are printed; `css` has the same number.
  static let printedRows = 100

  static let css: StaticString = """

    :root {
      --ground: #fbfbf9; --surface: #ffffff; --ink: #1b2127; --soft: #59636e; --rule: #dfe2e3; --track: #eef0f0;
      --accent: #0b62b0; --on-accent: #ffffff; --before: #98a2ad; --cap: #b23c00; --band: #f2e6c9;
      --s0: #0072b2; --s1: #d55e00; --s2: #00835d; --s3: #a8467f; --s4: #8f6a00; --s5: #4b5a66;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #14181c; --surface: #1b2026; --ink: #e6e9ec; --soft: #9ca7b2; --rule: #323a42; --track: #272e35;
        --accent: #6db3f2; --on-accent: #0c1620; --before: #76828e; --cap: #ff9d5c; --band: #3a3320;
        --s0: #6db3f2; --s1: #ff9d5c; --s2: #4fd1a5; --s3: #e79bc7; --s4: #e8c547; --s5: #b6c2cd;
      }
    }
    * { box-sizing: border-box; }
    html { background: var(--ground); color: var(--ink); -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
      font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
    }
    main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 32px; }
    h1 { font-size: 15px; font-weight: 600; margin: 0 0 10px; color: var(--soft); }
    .summary { font-size: 25px; line-height: 1.32; letter-spacing: -0.01em; margin: 0; max-width: 34em; text-wrap: pretty; }
    h2 { font-size: 18px; font-weight: 600; letter-spacing: -0.005em; margin: 0 0 4px; }
    section { margin-top: 44px; }
    p { margin: 0 0 12px; max-width: 46em; }
    .note { color: var(--soft); font-size: 14px; }
    dl, dd { margin: 0; }
    .facts { display: flex; flex-wrap: wrap; gap: 4px 28px; margin-top: 18px; font-size: 14px; }
    .facts div { display: flex; gap: 8px; min-width: 0; }
    .facts dt { color: var(--soft); flex: none; }
    .figures {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); margin-top: 30px;
      border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule);
    }
    .figures div { padding: 14px 12px 14px 0; }
    .figures dt { color: var(--soft); font-size: 13px; }
    .figures b { display: block; font-size: 27px; font-weight: 500; line-height: 1.25; letter-spacing: -0.015em; }
    .figures .main b { color: var(--accent); }
    .figures span { color: var(--soft); font-size: 13px; }
    .scroll { overflow: auto; max-width: 100%; }
    .listing .scroll { max-height: 560px; border: 1px solid var(--rule); border-radius: 6px; background: var(--surface); }
    .listing { margin-top: 14px; }
    .listing .note { margin: 8px 0 0; }
    .printed { display: none; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th, td { text-align: left; padding: 6px 14px; vertical-align: top; unicode-bidi: isolate; overflow-wrap: normal; }
    td { border-top: 1px solid var(--rule); max-width: 30em; }
    th {
      position: sticky; top: 0; background: var(--surface); color: var(--soft); font-weight: 500; white-space: nowrap;
      box-shadow: 0 1px 0 var(--rule);
    }
    thead + tbody tr:first-child td { border-top: 0; }
    .n { text-align: right; white-space: nowrap; }
    th button { all: unset; cursor: pointer; }
    th button:hover { color: var(--ink); }
    th[aria-sort] { color: var(--ink); }
    th[aria-sort=ascending] button::after { content: " \\2191"; }
    th[aria-sort=descending] button::after { content: " \\2193"; }
    .search { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; margin: 0 0 8px; max-width: none; }
    [hidden] { display: none !important; }
    input {
      font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--rule); border-radius: 6px;
      padding: 6px 10px; width: 22em; max-width: 100%;
    }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
    output { color: var(--soft); font-size: 14px; }
    figure { margin: 14px 0 0; }
    figcaption { font-weight: 600; margin-top: 26px; }
    svg { display: block; }
    .lines > svg { width: calc(100% - 52px); margin-left: 52px; overflow: visible; }
    svg text { font-size: 13px; fill: var(--ink); }
    svg .axis { fill: var(--soft); font-size: 12px; }
    svg .onaccent { fill: var(--on-accent); }
    .key { display: flex; flex-wrap: wrap; gap: 2px 20px; list-style: none; margin: 4px 0 12px; padding: 0;
      font-size: 13px; color: var(--soft); }
    .key li { display: flex; align-items: center; gap: 7px; }
    .bars .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); column-gap: 48px; }
    rect.track { fill: var(--track); } rect.before { fill: var(--before); } rect.after { fill: var(--accent); }
    rect.band { fill: var(--band); }
    line.cap { stroke: var(--cap); stroke-width: 2; }
    line.grid { stroke: var(--rule); } line.base { stroke: var(--soft); }
    .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
    .line.before { stroke: var(--before); stroke-width: 7; stroke-linecap: butt; }
    .line.after { stroke: var(--accent); stroke-width: 7; stroke-linecap: butt; }
    .line.band { stroke: var(--band); stroke-width: 10; stroke-linecap: butt; }
    .line.cap { stroke: var(--cap); stroke-dasharray: 2 4; }
    .bars .line.cap { stroke-dasharray: none; }
    .line.s0 { stroke: var(--s0); } .line.s1 { stroke: var(--s1); stroke-dasharray: 7 4; }
    .line.s2 { stroke: var(--s2); stroke-dasharray: 2 4; } .line.s3 { stroke: var(--s3); stroke-dasharray: 9 3 2 3; }
    .line.s4 { stroke: var(--s4); stroke-dasharray: 12 5; } .line.s5 { stroke: var(--s5); stroke-dasharray: 4 2; }
    .code table { font-size: 13px; } .code td, .code th { border: 0; padding: 1px 10px; box-shadow: none; position: static; }
    .code td { max-width: none; } .code code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre; }
    .code .note { margin: 0 0 4px; font-size: 13px; } .code .good { background: color-mix(in srgb, var(--s2) 12%, transparent); }
    .code .partial { background: color-mix(in srgb, var(--s4) 18%, transparent); }
    .code .bad { background: color-mix(in srgb, var(--cap) 18%, transparent); }
    footer { margin-top: 44px; padding-top: 12px; border-top: 1px solid var(--rule); color: var(--soft); font-size: 13px; }
    @media (max-width: 600px) {
      main { padding: 22px 16px 24px; }
      .summary { font-size: 20px; }
      .figures { grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); }
      .figures b { font-size: 22px; }
      section { margin-top: 34px; }
      th, td { padding: 6px 10px; }
    }
    @media print {
      :root {
        --ground: #fff; --surface: #fff; --ink: #000; --soft: #444; --rule: #bbb; --track: #eee; --accent: #0b62b0;
        --on-accent: #fff; --before: #98a2ad; --cap: #b23c00; --band: #f2e6c9; --s0: #0072b2; --s1: #d55e00;
        --s2: #00835d; --s3: #a8467f; --s4: #8f6a00; --s5: #4b5a66; color-scheme: light;
      }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      body { font-size: 10pt; }
      main { max-width: none; padding: 0; }
      .summary { font-size: 15pt; }
      .search { display: none; }
      .scroll, .listing .scroll { overflow: visible; max-height: none; border: 0; }
      table { font-size: 9pt; } th { position: static; } th, td { padding: 3px 8px; }
      .listing tbody tr:nth-child(n+101) { display: none; }
      .printed { display: block; }
      tr, figure, .figures, .facts { break-inside: avoid; }
      h2 { break-after: avoid; }
      .bars { break-inside: auto; }
    }

    """
}
