import './technician-page.ts';
