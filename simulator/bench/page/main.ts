import './bench-page.ts';
