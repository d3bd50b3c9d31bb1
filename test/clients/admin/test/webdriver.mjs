/* As much of a client of WebDriver as the tests need: Debian's chromedriver,
 * which comes with Debian's Chromium and needs no package of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/* The name under which the protocol sends elements. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

const OPTIONS = [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic',
    '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--hide-scrollbars',
];

/* Starts a program and waits until it has printed something; gives the match. */
export async function start(command, args, printed, env = process.env) {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const match = await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${command} is not up: ${output}`)), 60000);
        const read = (text) => {
            output += text;
            if (printed.test(output)) {
                clearTimeout(timer);
                resolve(output.match(printed));
            }
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.on('error', reject);
        child.on('exit', (code) => reject(new Error(`${command} ended with ${code}: ${output}`)));
    });
    return { child, match, output: () => output };
}

export function stop(child) {
    return new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
            resolve();
            return;
        }
        child.once('exit', resolve);
        child.kill();
    });
}

export class Browser {
    /* A window whose page is of that size. */
    static async open(width, height) {
        const browser = new Browser();
        browser.profile = await mkdtemp(join(tmpdir(), 'dynamo-chromium-'));
        browser.driver = await start('chromedriver', ['--port=0'], /started successfully on port (\d+)/);
        browser.base = `http://127.0.0.1:${browser.driver.match[1]}/session`;
        const { sessionId } = await browser.send('POST', '', {
            capabilities: {
                alwaysMatch: {
                    'goog:chromeOptions': {
                        args: [...OPTIONS, `--user-data-dir=${browser.profile}`],
                    },
                },
            },
        });
        browser.base += `/${sessionId}`;
        await browser.send('POST', '/goog/cdp/execute', {
            cmd: 'Emulation.setDeviceMetricsOverride',
            params: { width, height, deviceScaleFactor: 1, mobile: false },
        });
        return browser;
    }

    async close() {
        await this.send('DELETE', '');
        await stop(this.driver.child);
        await rm(this.profile, { recursive: true, force: true, maxRetries: 10 });
    }

    async send(method, path, body) {
        const response = await fetch(this.base + path, {
            method,
            headers: { 'Content-Type': 'application/json' },
            body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
        });
        const { value } = await response.json();
        if (value?.error)
            throw new Error(`${path}: ${value.error}: ${value.message}`);
        return value;
    }

    go(url) {
        return this.send('POST', '/url', { url });
    }

    async find(css) {
        return (await this.send('POST', '/element', { using: 'css selector', value: css }))[ELEMENT];
    }

    async click(css) {
        await this.send('POST', `/element/${await this.find(css)}/click`);
    }

    /* Presses keys, as a person would. */
    async type(css, text) {
        await this.send('POST', `/element/${await this.find(css)}/value`, { text });
    }

    /* The text as it is rendered. */
    async text(css) {
        return this.send('GET', `/element/${await this.find(css)}/text`);
    }

    /* What a script in the page returns; its arguments are "arguments". */
    run(script, ...args) {
        return this.send('POST', '/execute/sync', { script, args });
    }

    /* Until a script returns something true; gives that. */
    async wait(what, script, ...args) {
        for (const end = Date.now() + 20000; ;) {
            const value = await this.run(`return (${script})`, ...args);
            if (value)
                return value;
            assert.ok(Date.now() < end, `${what}: not within 20 seconds; the page: `
                + await this.run('return document.body.innerText'));
            await new Promise((resolve) => { setTimeout(resolve, 50); });
        }
    }

    acceptAlert() {
        return this.send('POST', '/alert/accept');
    }

    /* The page as a PNG. */
    async screenshot() {
        return Buffer.from(await this.send('GET', '/screenshot'), 'base64');
    }
}
