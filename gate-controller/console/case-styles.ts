import { css } from 'lit';

/** Arrangement of one case. */
export const caseStyles = css`
  :host { display: grid; gap: var(--gap-3); align-content: start; }
  .nobody { min-height: 40vh; display: grid; place-content: center; text-align: center; gap: var(--gap-2); }
  .nobody h2 { font-size: var(--text-xl); }

  .head { border-top: 4px solid var(--tone); display: grid; gap: var(--gap-3); }
  .title {
    display: flex;
    flex-wrap: wrap;
    min-width: 0;
    gap: var(--gap-3) var(--gap-5);
    justify-content: space-between;
    align-items: flex-start;
  }
  .title h2 { font-size: var(--text-xl); display: flex; gap: 10px; align-items: center; }
  .title command-bar { max-width: 100%; }
  .code { font-family: var(--font-figures); font-size: 0.92em; }

  .reasons {
    display: grid;
    gap: var(--gap-2);
    grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr));
  }
  .reasons li {
    background: var(--tone-soft);
    border-radius: 6px;
    padding: 10px var(--gap-3);
    display: grid;
    gap: 1px;
  }
  .advice { font-size: var(--text-l); font-weight: 650; line-height: 1.3; }
  .what { display: flex; gap: var(--gap-2); align-items: flex-start; }
  .what .code { font-size: 0.75rem; overflow-wrap: anywhere; }

  .marks { display: flex; flex-wrap: wrap; gap: var(--gap-2); margin-top: var(--gap-2); }

  .progress { display: flex; gap: var(--gap-3); align-items: center; }
  progress { width: 16rem; accent-color: var(--accent); }
  .risk { display: flex; gap: var(--gap-3); align-items: center; flex-wrap: wrap; }

  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr);
    gap: var(--gap-3);
    align-items: start;
  }
  .column { display: grid; gap: var(--gap-3); min-width: 0; }
  .column h2 { margin-bottom: var(--gap-2); }
  .people > p { margin-bottom: var(--gap-2); }
  .line { display: flex; justify-content: space-between; align-items: flex-start; gap: var(--gap-3); }

  .holder { margin-top: var(--gap-3); padding-top: var(--gap-3); border-top: 1px solid var(--line); }
  dl.holder { display: grid; grid-template-columns: repeat(4, auto); gap: var(--gap-2) var(--gap-4); }
  .surname, .givenNames {
    grid-column: 1 / -1;
    display: grid;
    grid-template-columns: 7em 1fr;
    gap: var(--gap-2);
    align-items: baseline;
  }
  .surname dd, .givenNames dd { font-size: var(--text-l); }
  dt { font-size: var(--text-s); color: var(--ink-soft); line-height: 1.25; }
  dd { font-weight: 600; overflow-wrap: anywhere; line-height: 1.3; }
  .hidden { color: var(--ink-soft); font-weight: 450; font-style: italic; }

  .timeline { display: grid; gap: 2px; font-size: var(--text-s); max-height: 15rem; overflow-y: auto; }
  .timeline li { display: grid; grid-template-columns: 4.5em 1fr; gap: var(--gap-2); }

  @media (max-width: 1100px) {
    dl.holder { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  }
  @media (max-width: 900px) {
    .columns { grid-template-columns: minmax(0, 1fr); }
  }
`;
