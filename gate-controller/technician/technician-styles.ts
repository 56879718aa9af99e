import { css } from 'lit';

/** Frame of the technician's page: two columns at a desk, one on a tablet in the lane. */
export const technicianStyles = css`
  header {
    display: flex; flex-wrap: wrap; align-items: center; gap: var(--gap-2) var(--gap-4); padding: var(--gap-2) var(--gap-4);
    background: var(--surface); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 2;
  }
  h1 { font-size: var(--text-l); font-weight: 700; margin: 0 auto 0 0; }
  h1 .soft { font-weight: 450; }
  section h2 { margin-bottom: var(--gap-3); }
  .loss { padding: var(--gap-2) var(--gap-4); background: light-dark(#a01c15, #6d1712); color: #fff; }
  main {
    display: grid; gap: var(--gap-3); padding: var(--gap-3) var(--gap-4); align-items: start;
    grid-template-columns: minmax(340px, 2fr) minmax(0, 3fr);
  }
  main.old { filter: grayscale(0.9); opacity: 0.72; }
  .column { display: grid; gap: var(--gap-3); min-width: 0; }
  .inputs { display: flex; flex-wrap: wrap; gap: 6px; }
  .inputs li {
    font-size: var(--text-s); padding: 3px 10px; border-radius: 99px; border: 1px solid var(--line); color: var(--ink-soft);
  }
  .inputs li[data-on] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 650; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px var(--gap-4); font-size: var(--text-s); }
  dt { color: var(--ink-soft); }
  dd { font-weight: 600; overflow-wrap: anywhere; }
  dd.bad { color: var(--tone); }
  .timers { display: grid; gap: var(--gap-2); }
  .timers li { display: grid; grid-template-columns: minmax(0, 1fr) 5em 8rem; gap: var(--gap-3); align-items: center; }
  .timers .figures { text-align: right; }
  progress { width: 100%; accent-color: var(--accent); }

  @media (max-width: 980px) {
    main { grid-template-columns: minmax(0, 1fr); }
  }
`;
