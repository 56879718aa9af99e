/**
 * Does anything move? A person does, always; a camera that hangs, a still picture fed into the line, or a print on a
 * stand does not. The picture is reduced to a coarse grid of mean luminances, so that sensor noise averages out.
 */
import { type RGBImage } from '../image.ts';

/** Cells across and down. At 640 x 480 a cell is the mean of 64 pixels: noise of 4.5 levels becomes 0.6. */
export const grid = { columns: 80, rows: 60 } as const;

/** Share of the cells that changed most, over which the change is averaged: a face of a tenth of the picture moves 1 %. */
const changed = 0.01;

/** Mean of the green channel, the largest part of luminance, in each cell. */
export function coarseLuma({ data, width_px, height_px }: RGBImage): Float32Array {
  const out = new Float32Array(grid.columns * grid.rows);
  for (let row = 0; row < grid.rows; row += 1) {
    const [top, bottom] = span(row, grid.rows, height_px);
    for (let column = 0; column < grid.columns; column += 1) {
      const [left, right] = span(column, grid.columns, width_px);
      let sum = 0;
      for (let y = top; y < bottom; y += 1) {
        for (let at = (y * width_px + left) * 3 + 1, end = (y * width_px + right) * 3; at < end; at += 3) {
          sum += data[at] ?? 0;
        }
      }
      out[row * grid.columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return out;
}

/** At least one pixel, however small the picture. */
function span(cell: number, cells: number, size: number): readonly [from: number, to: number] {
  const from = Math.min(size - 1, Math.floor((cell * size) / cells));
  return [from, Math.min(size, Math.max(from + 1, Math.floor(((cell + 1) * size) / cells)))];
}

/** Mean change of the hundredth of the cells that changed most, grey levels. */
export function changeBetween(one: Float32Array, other: Float32Array): number {
  const most = new Float32Array(Math.max(1, Math.round(changed * one.length)));
  let least = 0;
  for (let i = 0; i < one.length; i += 1) {
    const difference = Math.abs((one[i] ?? Number.NaN) - (other[i] ?? Number.NaN));
    // Written so that what is no number is kept, and makes the result none.
    if (difference <= least) continue;
    insert(most, difference);
    least = most[0] ?? Number.NaN;
  }
  return most.reduce((sum, value) => sum + value, 0) / most.length;
}

/** Puts a value into its place among others in rising order; the smallest falls out. */
function insert(sorted: Float32Array, value: number): void {
  let at = 0;
  for (; at + 1 < sorted.length && !((sorted[at + 1] ?? Number.NaN) >= value); at += 1) {
    sorted[at] = sorted[at + 1] ?? Number.NaN;
  }
  sorted[at] = value;
}
