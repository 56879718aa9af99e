import { css } from 'lit';

/** What every part of the bench page shares. Colours come from tokens.css. */
export const shared = css`
  :host { display: block; min-width: 0; }
  * { box-sizing: border-box; }
  h1, h2, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h2 { font-size: var(--text-m); line-height: 1.3; font-weight: 650; }
  .panel {
    background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--gap-3) var(--gap-4);
  }
  .soft { color: var(--ink-soft); }
  .small { font-size: var(--text-s); }
  .figures { font-variant-numeric: tabular-nums; }
  .code { font-family: var(--font-figures); font-size: 0.8125rem; }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .good { --tone: var(--good); --tone-soft: var(--good-soft); }
  .bad { --tone: var(--bad); --tone-soft: var(--bad-soft); }
  .warn { --tone: var(--warn); --tone-soft: var(--warn-soft); }
  .none { --tone: var(--none); --tone-soft: var(--none-soft); }
  .accent { --tone: var(--accent); --tone-soft: var(--accent-soft); }
  .pill {
    display: inline-block; padding: 2px 10px; border-radius: 99px; white-space: nowrap;
    background: var(--tone-soft); color: var(--tone); font-size: var(--text-s); font-weight: 650; line-height: 1.35;
  }
  button {
    font: inherit; font-weight: 600; line-height: 1.2; min-height: 34px; padding: 5px 14px; cursor: pointer;
    color: var(--ink); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 6px;
  }
  button:hover:enabled { background: var(--sunken); border-color: var(--ink-soft); }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  button:disabled { opacity: 0.55; cursor: not-allowed; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
