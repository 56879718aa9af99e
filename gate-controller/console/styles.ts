import { css } from 'lit';

/** What every part of the officer page shares: buttons, symbols, tones, panels. Colours come from tokens.css. */
export const shared = css`
  :host { display: block; min-width: 0; }
  * { box-sizing: border-box; }
  h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h2 { font-size: var(--text-l); line-height: 1.25; font-weight: 650; }
  h3 { font-size: var(--text-s); line-height: 1.3; font-weight: 650; color: var(--ink-soft); }

  .panel {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    padding: var(--gap-4);
  }
  .soft { color: var(--ink-soft); }
  .small { font-size: var(--text-s); }
  .figures { font-variant-numeric: tabular-nums; }
  .unseen {
    position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap;
  }

  .good { --tone: var(--good); --tone-soft: var(--good-soft); }
  .bad { --tone: var(--bad); --tone-soft: var(--bad-soft); }
  .warn { --tone: var(--warn); --tone-soft: var(--warn-soft); }
  .none { --tone: var(--none); --tone-soft: var(--none-soft); }
  .accent { --tone: var(--accent); --tone-soft: var(--accent-soft); }

  .symbol { width: 1.15em; height: 1.15em; flex: none; vertical-align: -0.2em; margin-top: 0.1em; }
  .symbol .fill { fill: var(--tone); }
  .symbol .outline { fill: none; stroke: var(--tone); stroke-width: 2; }
  .symbol .mark {
    fill: none; stroke: var(--surface); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round;
  }
  .pill {
    display: inline-flex; align-items: center; gap: 6px;
    padding: 3px 10px 3px 7px; border-radius: 99px;
    background: var(--tone-soft); color: var(--tone);
    font-size: var(--text-s); font-weight: 650; line-height: 1.3;
  }

  button {
    font: inherit; font-weight: 600; line-height: 1.2;
    min-height: 40px; padding: 8px 16px;
    color: var(--ink); background: var(--surface);
    border: 1px solid var(--line-strong); border-radius: 6px; cursor: pointer;
  }
  button:hover:enabled { background: var(--sunken); border-color: var(--ink-soft); }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  button.primary:hover:enabled { background: color-mix(in oklab, var(--accent) 86%, var(--ink)); }
  button:disabled { opacity: 0.55; cursor: not-allowed; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
