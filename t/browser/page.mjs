// The page of print_task_status in Chromium:  node page.mjs PORT TENANT [FOLDER]
//
// Prints TAP.  With a folder, pictures of the page go there.  The gateway is that of
// t/browser/browser.t, which has made hostile requests before.

import { chromium } from 'playwright-core';

const [port, tenant, folder] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}/status`;
let n = 0;

const ok = (is, name, more) => {
    console.log(`${is ? 'ok' : 'not ok'} ${++n} - ${name}`);
    if (!is && more !== undefined) console.log(`# ${JSON.stringify(more)}`);
};

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
});

const open = async (width, height, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();

    page.said = [];
    page.hosts = new Set();
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && page.said.push(m.text()));
    page.on('pageerror', (e) => page.said.push(String(e)));
    page.on('dialog', (d) => { page.said.push('dialog ' + d.message()); d.dismiss(); });
    page.on('request', (r) => page.hosts.add(new URL(r.url()).host));

    await page.goto(url);
    await page.waitForSelector('#last table', { timeout: 60000 });

    return page;
};

const overflow = (page) => page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth);

// cells that are cut off at the edge of their card, or reach over it

const cut = (page) => page.evaluate(() => [...document.querySelectorAll('section th, section td, section dd, section dt')]
    .filter((e) => {
        const cell = e.getBoundingClientRect();
        const card = e.closest('section').getBoundingClientRect();
        const style = getComputedStyle(e.closest('section'));
        const left = card.left + parseFloat(style.paddingLeft) - 1;
        const right = card.right - parseFloat(style.paddingRight) + 1;

        // a header that only a screen reader has is outside of the page

        return cell.right > 0 && cell.width && (cell.left < left || cell.right > right || e.scrollWidth > e.clientWidth + 1);
    })
    .map((e) => `${e.closest('section').getAttribute('aria-labelledby')}: ${e.textContent}`));

// words, such as reasons, that have a line break in them

const broken = (page) => page.evaluate(() => [...document.querySelectorAll('td.w')]
    .filter((e) => {
        const range = document.createRange();

        range.selectNodeContents(e);

        return new Set([...range.getClientRects()].map((r) => r.top)).size > 1;
    })
    .map((e) => e.textContent));

for (const [width, height] of [[360, 740], [768, 1024], [1280, 800], [1920, 1080]]) {
    for (const scheme of ['light', 'dark']) {
        const page = await open(width, height, scheme);

        // rates need two readings, and requests between them

        for (let i = 0; i < 7; i++) {
            await page.request.get(`http://127.0.0.1:${port}/print/printers`);
        }

        await page.waitForFunction(() => parseFloat([...document.querySelectorAll('#now dt')]
            .find((d) => d.textContent === 'Requests a second').nextSibling.textContent) > 0,
            null, { timeout: 60000 });

        ok(!await overflow(page), `${width} px, ${scheme}: nothing is wider than the page`);

        const cells = await cut(page);

        ok(cells.length === 0, `${width} px, ${scheme}: no cell of a table is cut off`, cells);

        const words = await broken(page);

        ok(words.length === 0, `${width} px, ${scheme}: no word is broken`, words);
        ok(page.said.length === 0, `${width} px, ${scheme}: no error, no violation of the policy`, page.said);

        if (folder && (width === 1280 || width === 360)) {
            await page.screenshot({ path: `${folder}/status-${width}-${scheme}.png`, fullPage: false });
        }

        await page.context().close();
    }
}

const page = await open(1280, 800, 'light');

ok([...page.hosts].join() === `127.0.0.1:${port}`, 'no other host is asked', [...page.hosts]);

// hostile ids are text

ok(await page.evaluate(() => document.querySelectorAll('script').length === 1
        && !document.querySelector('img, iframe, svg, b, a[href^="javascript"]')
        && window.pwned === undefined), 'what clients sent is no markup');
ok((await page.textContent('#last')).includes('<img src=x onerror=pwned=1>'), 'but text');

const tile = (name) => page.waitForFunction((of) => [...document.querySelectorAll('#now dt')]
    .find((d) => d.textContent === of)?.nextSibling.textContent === '0', name, { timeout: 10000 })
    .then(() => true, () => false);

ok(await tile('Tasks overdue'), 'no task is overdue');

// values move

const value = () => page.evaluate(() => [...document.querySelectorAll('#now dt')]
    .find((d) => d.textContent === 'Requests').nextSibling.textContent);
const before = await value();

await page.evaluate(() => { document.body.dataset.same = 'yes'; });

for (let i = 0; i < 5; i++) {
    await page.request.get(`http://127.0.0.1:${port}/print/printers`);
}

await page.waitForFunction((old) => [...document.querySelectorAll('#now dt')]
    .find((d) => d.textContent === 'Requests').nextSibling.textContent !== old, before, { timeout: 30000 });
ok(true, 'values move');
ok(await page.evaluate(() => document.body.dataset.same === 'yes'), 'without loading the page again');

// a keyboard is enough

await page.keyboard.press('Tab');
ok(await page.evaluate(() => document.activeElement.className === 'skip'), 'the first stop leads past the head');
await page.keyboard.press('Tab');
ok(await page.evaluate(() => document.activeElement.id === 'pause'), 'the next one is the button');
await page.keyboard.press('Enter');
ok(await page.getAttribute('#pause', 'aria-pressed') === 'true', 'which a key presses');
ok(await page.textContent('#state') === 'Paused', 'and that is said');
await page.keyboard.press('Enter');
await page.waitForFunction(() => document.querySelector('#state').textContent.startsWith('Live'), null, { timeout: 30000 });
ok(true, 'it goes on');

// a screen reader has names

ok(await page.evaluate(() => [...document.querySelectorAll('section')].every((s) =>
    document.getElementById(s.getAttribute('aria-labelledby'))?.textContent)), 'each section has a name');
ok(await page.evaluate(() => [...document.querySelectorAll('table')].every((t) =>
    t.getAttribute('aria-label') && [...t.querySelectorAll('thead th')].every((h) => h.scope === 'col'))),
    'each table, and each column');
ok(await page.getAttribute('#state', 'role') === 'status', 'the state is announced');

// contrast of text (WCAG 2.2, 1.4.3), in both schemes

for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });

    const least = await page.evaluate(() => {
        const rgb = (s) => s.match(/[\d.]+/g).slice(0, 4).map(Number);
        const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) =>
            c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
        const below = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3]) return c; } return [255, 255, 255]; };

        return Math.min(...[...document.querySelectorAll('h1, h2, p, dt, dd, th, td, button')]
            .filter((e) => e.textContent).map((e) => {
                const [a, b] = [light(rgb(getComputedStyle(e).color)), light(below(e))];
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            }));
    });

    ok(least >= 4.5, `${scheme}: contrast of all text is 4.5 or more`, least);
}

ok(page.said.length === 0, 'no error, no violation of the policy', page.said);

// a page of another site can send no action: not by a form, not by a script

const evil = await (await browser.newContext()).newPage();
const target = `http://127.0.0.1:${port}/repair?tenant=${tenant}&definition=d&task=held&realm=`;
const answers = [];

evil.on('response', (r) => r.url().includes('/repair') && answers.push(`${r.request().method()} ${r.status()}`));

for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
    await evil.goto(`http://localhost:${port}/evil`);

    const sent = evil.waitForResponse((r) => r.url().includes('/repair'), { timeout: 30000 });

    await evil.evaluate(([url, enctype]) => {
        const form = document.createElement('form');

        Object.assign(form, { action: url, method: 'post', enctype });
        form.innerHTML = '<input name="Print-Task-Action" value="invalidate">';
        document.body.append(form);
        form.submit();
    }, [target, type]);

    ok((await sent).status() === 403, `a form of another site is refused: ${type}`, answers);
    await evil.waitForURL(/repair/);
}

await evil.goto(`http://localhost:${port}/evil`);

const fetched = (how) => evil.evaluate(([url, options]) =>
    fetch(url, options).then((r) => r.type, (e) => e.name), [target, { method: 'POST', body: '{}', ...how }]);

ok(await fetched({ mode: 'no-cors', headers: { 'Content-Type': 'text/plain' } }) === 'opaque'
        && answers.at(-1) === 'POST 403', 'a simple request of a script is refused', answers);
ok(await fetched({ headers: { 'Content-Type': 'application/json', 'Print-Task-Action': 'invalidate' } }) === 'TypeError'
        && !answers.slice(4).includes('POST 200'), 'and the browser does not send another one', answers);

console.log(`1..${n}`);
await browser.close();
