/* Reads the pixels of a PNG, in so far as Chromium writes them: 8 bits for
 * each of red, green, blue and perhaps alpha, not interlaced. */
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function paeth(left, up, corner) {
    const guess = left + up - corner;
    const [a, b, c] = [left, up, corner].map((one) => Math.abs(guess - one));
    if (a <= b && a <= c)
        return left;
    return b <= c ? up : corner;
}

/* What each type of filter has taken off a byte. */
const PREDICTIONS = [
    () => 0,
    (left) => left,
    (left, up) => up,
    (left, up) => (left + up) >> 1,
    paeth,
];

function chunks(png) {
    const found = [];
    assert.deepEqual(png.subarray(0, 8), SIGNATURE);
    for (let at = 8; at < png.length;) {
        const length = png.readUInt32BE(at);
        found.push({
            type: png.toString('latin1', at + 4, at + 8),
            data: png.subarray(at + 8, at + 8 + length),
        });
        at += 12 + length;
    }
    return found;
}

/* {width, height, pixel(x, y) -> [red, green, blue]} */
export function readPng(png) {
    const parts = chunks(png);
    const header = parts.find(({ type }) => type === 'IHDR').data;
    const width = header.readUInt32BE(0);
    const height = header.readUInt32BE(4);
    const size = { 2: 3, 6: 4 }[header[9]];
    assert.ok(size && header[8] === 8 && header[12] === 0, 'a PNG of a kind not expected');
    const packed = inflateSync(Buffer.concat(
        parts.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
    const row = width * size;
    assert.equal(packed.length, height * (row + 1));

    const bytes = Buffer.alloc(height * row);
    for (let y = 0; y < height; y++) {
        const predict = PREDICTIONS[packed[y * (row + 1)]];
        for (let x = 0; x < row; x++) {
            const at = y * row + x;
            const left = x < size ? 0 : bytes[at - size];
            const up = y === 0 ? 0 : bytes[at - row];
            const corner = x < size || y === 0 ? 0 : bytes[at - row - size];
            bytes[at] = packed[at + y + 1] + predict(left, up, corner);
        }
    }
    return {
        width,
        height,
        pixel: (x, y) => [...bytes.subarray(y * row + x * size, y * row + x * size + 3)],
    };
}

/* How many pixels of a rectangle have another colour than its corner. */
export function inkIn(image, { x, y, width, height }) {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const background = String(image.pixel(left, top));
    let count = 0;
    for (let j = top; j < Math.min(image.height, Math.floor(y + height)); j++) {
        for (let i = left; i < Math.min(image.width, Math.floor(x + width)); i++)
            count += String(image.pixel(i, j)) === background ? 0 : 1;
    }
    return count;
}
