/* dynamodb-admin in headless Chromium: what it shows is what is in the tables,
 * and what is edited there is in them, as SQL sees it.
 *
 * DYNAMO_ENDPOINT, AWS_*  where the endpoint is and who asks
 * PG*                     how psql reaches the same server
 * DYNAMO_SCREENSHOTS      a folder to leave the screenshots in, if set
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { inkIn, readPng } from './png.mjs';
import { Browser, start, stop } from './webdriver.mjs';

const WIDTH = 1200;
const HEIGHT = 900;
const TABLE = `Admin-${randomBytes(4).toString('hex')}`;

let admin;
let base;
let browser;

/* The value of one row and column, as psql prints it. */
function sql(query) {
    return execFileSync('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-c', query],
        { encoding: 'utf8' }).trimEnd();
}

const call = (operation, request) =>
    JSON.parse(sql(`SELECT dynamo.call('${operation}', $json$${JSON.stringify(request)}$json$)`));

const keySchema = (hash, range) => [
    { AttributeName: hash, KeyType: 'HASH' }, { AttributeName: range, KeyType: 'RANGE' }];

before(async () => {
    const program = createRequire(import.meta.url).resolve('dynamodb-admin');
    admin = await start(process.execPath,
        [join(dirname(program), 'dynamodb-admin.js'), '--host', '127.0.0.1', '--port', '0'],
        /listening on http:\/\/127\.0\.0\.1:(\d+)/);
    base = `http://127.0.0.1:${admin.match[1]}`;
    call('CreateTable', {
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
            { AttributeName: 'artist', AttributeType: 'S' }, { AttributeName: 'title', AttributeType: 'S' },
            { AttributeName: 'genre', AttributeType: 'S' }, { AttributeName: 'year', AttributeType: 'N' }],
        KeySchema: keySchema('artist', 'title'),
        GlobalSecondaryIndexes: [{
            IndexName: 'ByGenre', KeySchema: keySchema('genre', 'year'), Projection: { ProjectionType: 'ALL' },
        }],
    });
    browser = await Browser.open(WIDTH, HEIGHT);
});

after(async () => {
    await browser?.close();
    if (admin)
        await stop(admin.child);
    if (sql(`SELECT count(*) FROM pg_class WHERE relname = '${TABLE}'`) !== '0')
        call('DeleteTable', { TableName: TABLE });
});

/* A screenshot: of the right size, and with something to see in these
 * rectangles of the page. */
async function takeScreenshot(name, rectangles) {
    const png = await browser.screenshot();
    if (process.env.DYNAMO_SCREENSHOTS)
        writeFileSync(join(process.env.DYNAMO_SCREENSHOTS, `${name}.png`), png);
    const image = readPng(png);
    assert.equal(image.width, WIDTH);
    assert.equal(image.height, HEIGHT);
    for (const rectangle of rectangles) {
        const ink = inkIn(image, rectangle);
        assert.ok(ink > 30, `${ink} pixels at ${JSON.stringify(rectangle)}`);
    }
    return image;
}

/* Where the elements are that a selector finds and the window shows. */
const rectangles = (css) => browser.run(`return [...document.querySelectorAll(arguments[0])]
    .map((element) => element.getBoundingClientRect().toJSON())
    .filter(({ width, bottom }) => width > 0 && bottom < ${HEIGHT})`, css);

/* The items on the page of a table, each an object by the column's name. */
async function shownItems() {
    await browser.wait('items', `!document.querySelector('.table-container.d-none')
        || !document.querySelector('.no-results.d-none')`);
    return browser.run(`const names = [...document.querySelectorAll('#actions-row th')]
        .map((cell) => cell.innerText);
        return [...document.querySelectorAll('#items-container tr')].map((row) =>
            Object.fromEntries([...row.cells].map((cell, i) => [names[i], cell.innerText])))`);
}

const tablePage = `/tables/${TABLE}`;

test('the page of all tables', async () => {
    const other = `${TABLE}-other`;
    call('CreateTable', {
        TableName: other,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'p', AttributeType: 'B' }],
        KeySchema: [{ AttributeName: 'p', KeyType: 'HASH' }],
    });
    try {
        await browser.go(base);
        const names = await browser.run(`return [...document.querySelectorAll('#table-list li')]
            .map((row) => row.firstElementChild.innerText)`);
        assert.deepEqual(names, call('ListTables', {}).TableNames);
        assert.ok(names.includes(TABLE) && names.includes(other));
        await takeScreenshot('tables', await rectangles('#table-list li a'));

        await browser.type('#filter-input', other);
        assert.deepEqual(await browser.run(`return [...document.querySelectorAll('#table-list li')]
            .filter((row) => row.offsetHeight > 0).map((row) => row.dataset.tableName)`), [other]);

        await browser.click(`[data-table-name="${other}"] .badge-danger`);
        await browser.acceptAlert();
        await browser.wait('the table to go', `!document.querySelector('[data-table-name="${other}"]')
            && document.querySelector('[data-table-name="${TABLE}"]') && true`);
        assert.ok(!call('ListTables', {}).TableNames.includes(other));
    } finally {
        if (call('ListTables', {}).TableNames.includes(other))
            call('DeleteTable', { TableName: other });
    }
});

test('the page of a table shows its items', async () => {
    for (let i = 0; i < 30; i++) {
        call('PutItem', {
            TableName: TABLE,
            Item: {
                artist: { S: 'Björk' },
                title: { S: `Song ${String(i).padStart(2, '0')}` },
                genre: { S: i % 2 === 0 ? 'pop' : 'rock' },
                year: { N: String(1970 + i) },
            },
        });
    }
    await browser.go(base + tablePage);
    let items = await shownItems();
    assert.equal(items.length, 25);
    assert.deepEqual(items[7],
        { Actions: 'View', artist: '"Björk"', title: '"Song 07"', genre: '"rock"', year: '1977' });
    const image = await takeScreenshot('table', await rectangles('#items-container td'));
    assert.equal(inkIn(image, { x: 0, y: 0, width: 8, height: HEIGHT }), 0, 'the margin is empty');

    await browser.click('.page-link-next');
    await browser.wait('the second page', `document.querySelector('.page-item.active')
        ?.innerText === 'Page 2'`);
    items = await shownItems();
    assert.deepEqual(items.map((one) => one.title), [25, 26, 27, 28, 29].map((i) => `"Song ${i}"`));
});

test('a query of the index', async () => {
    await browser.go(base + tablePage);
    await shownItems();
    await browser.type('[name=queryableSelection]', '[Index] ByGenre');
    await browser.type('[name=operationType]', 'Query');
    await browser.run(`const fill = (key, type, operator, value) => {
            const row = [...document.querySelectorAll('#filters-table tr')]
                .find((one) => one.querySelector('.filter-row-key').value === key);
            row.querySelector('.filter-row-type').value = type;
            row.querySelector('.filter-row-operator').value = operator;
            row.querySelector('.filter-row-value').value = value;
        };
        fill('genre', 'S', '=', 'rock');
        fill('year', 'N', '>', '1992');`);
    await browser.click('#form [type=submit]');
    await browser.wait('the answer', `location.search.includes('operationType=query')`);
    assert.deepEqual((await shownItems()).map((one) => one.year), ['1993', '1995', '1997', '1999']);
});

/* The editor's content once it shows an item. */
const shownItem = async () => JSON.parse(await browser.wait('the editor',
    `typeof editor !== 'undefined' && editor.getValue()`));

test('an item is edited', async () => {
    await browser.go(`${base}${tablePage}/items/${encodeURIComponent('Björk,Song 07')}`);
    assert.deepEqual(await shownItem(),
        { artist: 'Björk', title: 'Song 07', genre: 'rock', year: 1977 });
    await browser.run(`editor.find('rock'); editor.focus();`);
    await browser.type('.ace_text-input', 'trip hop');
    await browser.run(`editor.find('1977'); editor.focus();`);
    await browser.type('.ace_text-input', '1995.25');
    await browser.click('#saveButton');
    await browser.wait('the item to be stored', `document.querySelector('#saveButton.btn-success') && true`);
    await takeScreenshot('item', [...await rectangles('#saveButton'), ...await rectangles('.ace_string')]);
    assert.equal(sql(`SELECT (item ->> 'genre') || '|' || (item ->> 'year')
        FROM public."${TABLE}" WHERE artist = 'Björk' AND title = 'Song 07'`), 'trip hop|1995.25');
});

test('an item is made, and deleted', async () => {
    await browser.go(`${base}${tablePage}/add-item`);
    assert.deepEqual(await shownItem(), { artist: '', title: '' });
    await browser.run('editor.setValue(arguments[0])',
        JSON.stringify({ artist: 'Can', title: 'Vitamin C', parts: [{ seconds: 212 }, null, 'ü'] }));
    await browser.click('#saveButton');
    await browser.wait('the page of the item', `location.pathname.includes('/items/')
        && document.readyState === 'complete' && typeof editor !== 'undefined'`);
    assert.equal(sql(`SELECT item -> 'parts' FROM public."${TABLE}" WHERE artist = 'Can'`),
        '{"L": [{"M": {"seconds": {"N": "212"}}}, {"NULL": true}, {"S": "ü"}]}');

    await browser.click('nav .btn-danger');
    await browser.wait('the page of the table', `location.pathname === '${tablePage}'`);
    assert.equal(sql(`SELECT count(*) FROM public."${TABLE}" WHERE artist = 'Can'`), '0');
});

test('the page of time to live', async () => {
    await browser.go(`${base}${tablePage}/ttl`);
    assert.equal(await browser.run(`return document.querySelector('main .badge')?.innerText`), 'DISABLED');
});

test('an error of the service is shown', async () => {
    await browser.go(`${base}${tablePage}/add-item`);
    await shownItem();
    await browser.run('editor.setValue(arguments[0])', JSON.stringify({ artist: '', title: 'x' }));
    await browser.click('#saveButton');
    const shown = await browser.wait('the error', `document.querySelector('#error-wrapper').innerText`);
    assert.match(shown, /empty string value/);
});

test('a table is emptied', async () => {
    await browser.go(base);
    await browser.click(`[data-table-name="${TABLE}"] .badge-warning`);
    await browser.acceptAlert();
    await browser.wait('no items', `document.readyState === 'complete'
        && document.querySelector('[data-table-name="${TABLE}"]') && true`);
    for (const end = Date.now() + 10000; sql(`SELECT count(*) FROM public."${TABLE}"`) !== '0';)
        assert.ok(Date.now() < end, 'items are left');
});
