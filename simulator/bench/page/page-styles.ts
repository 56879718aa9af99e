import { css } from 'lit';

/** Frame of the bench page: drawing and passages at the left, what can be done at the right. */
export const pageStyles = css`
  :host { display: flex; flex-direction: column; height: 100vh; height: 100dvh; }
  header {
    display: flex; align-items: center; gap: var(--gap-4); padding: var(--gap-2) var(--gap-4); flex: none;
    background: var(--surface); border-bottom: 1px solid var(--line);
  }
  h1 { font-size: var(--text-l); font-weight: 700; margin-right: auto; }
  h1 .soft { font-weight: 450; }
  .stream { display: inline-flex; gap: var(--gap-3); align-items: center; }
  .loss { padding: var(--gap-2) var(--gap-4); background: light-dark(#a01c15, #6d1712); color: #fff; }
  .waiting { flex: 1; display: grid; place-content: center; font-size: var(--text-l); }

  main:not(.waiting) {
    flex: 1; min-height: 0; padding: var(--gap-3) var(--gap-4); display: grid; gap: var(--gap-3);
    grid-template: 'lane scenarios' auto 'passages scenarios' minmax(0, 1fr) 'wires faults' auto / minmax(0, 1fr) 400px;
  }
  .old { filter: grayscale(0.9); opacity: 0.72; }
  .lane { grid-area: lane; }
  .scenarios { grid-area: scenarios; display: flex; flex-direction: column; min-height: 0; }
  .passages { grid-area: passages; overflow-y: auto; }
  .wires { grid-area: wires; overflow-x: auto; }
  .faults { grid-area: faults; overflow-y: auto; max-height: 240px; }
  h2 { margin-bottom: var(--gap-2); }

  .broken { margin-top: var(--gap-2); color: var(--tone); font-weight: 650; }
  .said { min-height: 1.4em; color: var(--tone); }
  .said.bad { font-weight: 650; }
  .scenarios .chapters { overflow-y: auto; margin-top: var(--gap-1); }
  .scenarios h3 { margin: var(--gap-2) 0 var(--gap-1); font-size: var(--text-s); font-weight: 650; }
  .scenarios li {
    display: flex;
    gap: var(--gap-3);
    justify-content: space-between;
    align-items: center;
    padding: 7px 4px 7px 0;
    border-top: 1px solid var(--line);
  }
  .scenarios li p { overflow-wrap: anywhere; }
  .title { font-weight: 600; line-height: 1.3; }

  table { width: 100%; border-collapse: collapse; }
  th, td {
    text-align: left;
    padding: 4px var(--gap-3) 4px 0;
    font-weight: 450;
    border-top: 1px solid var(--line);
    white-space: nowrap;
  }
  thead th { font-size: var(--text-s); color: var(--ink-soft); border: 0; }
  tbody th { font-weight: 600; }
  .number, thead th:nth-child(n + 3):nth-child(-n + 5) { text-align: right; }
  tr.unplugged td { color: var(--ink-soft); }
  dl { display: flex; flex-wrap: wrap; gap: var(--gap-1) var(--gap-5); margin-top: var(--gap-2); }
  dl > div { display: flex; gap: var(--gap-2); align-items: baseline; }
  dt { font-weight: 600; }

  .faults li { display: flex; gap: var(--gap-3); align-items: center; padding: 4px 2px; }
  .faults .on { color: var(--bad); font-weight: 650; }
  .switch {
    width: 44px;
    height: 24px;
    min-height: 0;
    padding: 0;
    border-radius: 12px;
    position: relative;
    flex: none;
    background: var(--sunken);
  }
  .switch .knob {
    position: absolute;
    top: 3px;
    left: 3px;
    width: 16px;
    height: 16px;
    border-radius: 50%;
    background: var(--line-strong);
    transition: left 0.15s;
  }
  .switch[aria-checked='true'] { background: var(--bad); border-color: var(--bad); }
  .switch[aria-checked='true']:hover:enabled { background: var(--bad); }
  .switch[aria-checked='true'] .knob { left: 23px; background: var(--surface); }

  @media (max-width: 1100px) {
    :host { height: auto; min-height: 100dvh; }
    main:not(.waiting) { grid-template: 'lane' 'scenarios' 'passages' 'wires' 'faults' / minmax(0, 1fr); }
  }
`;
