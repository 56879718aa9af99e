import './officer-page.ts';
