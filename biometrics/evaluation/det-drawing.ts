/** The detection error trade-off as SVG: FMR across, FNMR upwards, both on the scale of normal deviates (ISO/IEC 19795-1). */
import type { DETPoint } from './rates.ts';

export type Curve = { readonly name: string; readonly points: readonly DETPoint[] };

const size = { width: 760, height: 520, left: 70, right: 20, top: 20, bottom: 50 };
const fmr = { from: 1e-6, to: 0.3, ticks: [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1] };
const fnmr = { from: 5e-4, to: 0.3, ticks: [1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2] };
export const curveColours = ['#0b5394', '#b45f06', '#38761d', '#741b47', '#666666', '#008080', '#a61c00', '#351c75'];

/** Quantile of the standard normal distribution (Acklam's rational approximation, relative error below 1.2e-9). */
export function probit(p: number): number {
  if (p > 0.5) return -probit(1 - p);
  const ratio = (x: number, above: readonly number[], below: readonly number[]): number =>
    above.reduce((sum, c) => sum * x + c, 0) / (below.reduce((sum, c) => sum * x + c, 0) * x + 1);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return ratio(
      q,
      [
        -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
        2.938163982698783,
      ],
      [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416],
    );
  }
  const q = p - 0.5;
  return (
    q *
    ratio(
      q * q,
      [
        -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
        2.506628277459239,
      ],
      [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572],
    )
  );
}

const across = (p: number): number => {
  const share = (probit(p) - probit(fmr.from)) / (probit(fmr.to) - probit(fmr.from));
  return size.left + share * (size.width - size.left - size.right);
};
const upwards = (p: number): number => {
  const share = (probit(p) - probit(fnmr.from)) / (probit(fnmr.to) - probit(fnmr.from));
  return size.height - size.bottom - share * (size.height - size.top - size.bottom);
};

export function drawDET(curves: readonly Curve[]): string {
  const [right, bottom] = [size.width - size.right, size.height - size.bottom];
  const grid = [
    ...fmr.ticks.map((p) => tick(across(p), size.top, across(p), bottom, `${p}`, across(p), bottom + 18, 'middle')),
    ...fnmr.ticks.map((p) =>
      tick(size.left, upwards(p), right, upwards(p), `${100 * p} %`, size.left - 8, upwards(p) + 4, 'end'),
    ),
  ];
  const lines = curves.map(({ points }, i) => {
    const path = points
      .filter((p) => p.fmr >= fmr.from && p.fmr <= fmr.to && p.fnmr >= fnmr.from && p.fnmr <= fnmr.to)
      .map((p) => `${across(p.fmr).toFixed(1)},${upwards(p.fnmr).toFixed(1)}`);
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colourOf(i)}" stroke-width="1.6"/>`;
  });
  return [
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Detection error trade-off">`,
    ...grid,
    ...lines,
    `<text x="${(size.left + right) / 2}" y="${size.height - 8}" text-anchor="middle">FMR</text>`,
    `<text x="16" y="${(size.top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(size.top + bottom) / 2})">FNMR</text>`,
    '</svg>',
  ].join('\n');
}

export const colourOf = (i: number): string => curveColours[i % curveColours.length] ?? '#000';

function tick(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  label: string,
  x: number,
  y: number,
  anchor: string,
): string {
  return (
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>` +
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${label}</text>`
  );
}
