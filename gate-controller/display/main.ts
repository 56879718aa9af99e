import './display-sign.ts';
