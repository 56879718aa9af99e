import { css } from 'lit';

/** Frame of the officer page: fills the screen, lists and case scroll by themselves. */
export const pageStyles = css`
  :host { display: flex; flex-direction: column; height: 100vh; height: 100dvh; }
  header {
    display: flex; align-items: center; gap: var(--gap-4); padding: var(--gap-2) var(--gap-4);
    background: var(--surface); border-bottom: 1px solid var(--line); flex: none;
  }
  h1 { font-size: var(--text-l); font-weight: 700; margin: 0 auto 0 0; }
  h1 .soft { font-weight: 450; }
  .local { color: var(--warn); border: 1px solid currentColor; border-radius: 99px; padding: 2px 10px; }

  .nobody {
    display: flex; gap: var(--gap-2); margin: 0; padding: var(--gap-2) var(--gap-4); flex: none;
    background: var(--tone-soft); color: var(--tone); font-weight: 600;
  }

  .loss {
    display: flex; flex-wrap: wrap; gap: 0 var(--gap-5); align-items: baseline; flex: none;
    padding: var(--gap-2) var(--gap-4); background: light-dark(#a01c15, #6d1712); color: #fff;
  }
  .loss strong { font-size: var(--text-l); }

  .body {
    flex: 1; min-height: 0; padding: var(--gap-3) var(--gap-4);
    display: grid; gap: var(--gap-3); grid-template: auto minmax(0, 1fr) / 330px minmax(0, 1fr);
  }
  .old main, .old lane-strip, .old nav { filter: grayscale(0.9); opacity: 0.72; }
  lane-strip { grid-column: 1 / -1; }
  nav { display: flex; flex-direction: column; min-height: 0; gap: var(--gap-2); }
  nav referral-list { flex: 1; min-height: 0; }
  main { overflow-y: auto; min-height: 0; padding: 3px; margin: -3px; }
  .back { border-style: dashed; font-weight: 500; }
  .waiting { flex: 1; display: grid; place-content: center; font-size: var(--text-l); }

  @media (max-width: 1100px) {
    .body { grid-template-columns: 240px minmax(0, 1fr); }
  }
  @media (max-width: 760px) {
    :host { height: auto; min-height: 100dvh; }
    .body { grid-template: none; }
  }
`;
