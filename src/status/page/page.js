'use strict';
(() => {
const period = 2000;
const $ = (id) => document.getElementById(id);
let before = null, paused = false, timer = 0;

// everything is text: nothing that a client sent can become markup
const el = (name, text, kind) => {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = String(text);
    if (kind) node.className = kind;
    return node;
};

const number = (n) => n.toLocaleString('en');
const rate = (n) => n === null ? '\u2013' : (n < 10 ? n.toFixed(1) : number(Math.round(n)));
// of times that are counted in milliseconds, nothing shorter is known
const coarse = (step) => step === 'lease_wait' || step === 'refetch' || step === 'backend';
const took = (step, s) => coarse(step) && s !== null && s < 0.001 ? '< 1 ms' : seconds(s);
const seconds = (s) => s === null ? '\u2013' : s < 0.001 ? Math.round(s * 1e6) + ' \u00b5s' : s < 1 ? +(s * 1e3).toPrecision(3) + ' ms' : +s.toPrecision(3) + ' s';
const age = (s) => s < 120 ? s + ' s' : s < 7200 ? Math.round(s / 60) + ' min' : s < 172800 ? Math.round(s / 3600) + ' h' : Math.round(s / 86400) + ' d';
const bytes = (n) => { const u = ['B', 'KiB', 'MiB', 'GiB']; let i = 0; while (n >= 1024 && i < 3) { n /= 1024; i++; } return +n.toPrecision(3) + ' ' + u[i]; };

const samples = (data, name) => (data.metrics['nginx_print_task_' + name] || { samples: [] }).samples;
const key = (labels) => JSON.stringify(labels);

// of a list of samples, by some labels: the sum now, and by second since the last look
const group = (data, name, by, filter) => {
    const sum = (d) => {
        const sums = new Map();
        for (const s of d ? samples(d, name) : []) {
            if (filter && !filter(s.labels)) continue;
            const k = by.map((l) => s.labels[l] || '');
            const old = sums.get(key(k)) || { k, n: 0 };
            old.n += s.value;
            sums.set(key(k), old);
        }
        return sums;
    };
    const now = sum(data), last = sum(before && before.data);
    const time = before ? (data.at - before.data.at) / 1000 : 0;
    return [...now].map(([id, { k, n }]) => ({ k, n, rate: time > 0 ? Math.max(0, n - (last.get(id) || { n: 0 }).n) / time : null }));
};

const quantile = (s, q) => {
    let lower = 0, under = 0;
    const want = q * s.count;
    if (!s.count) return null;
    for (const [bound, n] of s.buckets) {
        if (n >= want) return lower + (bound - lower) * (n - under ? (want - under) / (n - under) : 1);
        lower = bound; under = n;
    }
    return lower;
};

const table = (id, caption, heads, rows) => {
    const box = $(id);
    if (!rows.length) {
        if (box.dataset.empty !== 'yes') box.replaceChildren(el('p', 'None.', 'none'));
        box.dataset.empty = 'yes';
        box.removeAttribute('tabindex');
        return;
    }
    const t = el('table'), head = el('tr'), thead = el('thead'), body = el('tbody');
    t.setAttribute('aria-label', caption);
    for (const [name, n] of heads) {
        const th = el('th', name, n);
        th.scope = 'col';
        head.append(th);
    }
    thead.append(head);
    for (const row of rows) {
        const tr = el('tr');
        row.forEach((cell, i) => {
            const [text, kind] = Array.isArray(cell) ? cell : [cell, heads[i][1]];
            const td = el('td', text, kind);
            td.dataset.name = heads[i][0];
            tr.append(td);
        });
        body.append(tr);
    }
    t.append(thead, body);
    const left = box.scrollLeft;
    box.dataset.empty = 'no';
    box.replaceChildren(t);
    box.scrollLeft = left;
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', caption);
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute('tabindex');
};

const sumOf = (list) => list.reduce((a, b) => a + b.n, 0);
const rateOf = (list) => list.length && list[0].rate !== null ? list.reduce((a, b) => a + b.rate, 0) : null;
const first = (data, name) => samples(data, name).reduce((a, s) => a + s.value, 0);
// kinds of cells: numbers, and words that are not broken
const N = 'n', W = 'w';

const show = (data) => {
    const all = group(data, 'requests', ['verdict', 'mode']);
    const refused = group(data, 'requests', ['reason', 'mode'], (l) => l.verdict === 'refused' || l.verdict === 'would_refuse').filter((r) => r.n > 0).sort((a, b) => b.n - a.n);
    const up = samples(data, 'store_up');
    const down = up.filter((s) => !s.value).length;

    const tiles = [
        ['Requests', number(sumOf(all))], ['Requests a second', rate(rateOf(all))],
        ['Refused', number(sumOf(refused))], ['Refused a second', rate(refused.length ? rateOf(refused) : before ? 0 : null)],
        ['Store', !up.length ? (samples(data, 'memory_bytes').length ? 'in memory' : 'not used yet') : down ? 'down' : 'up', down ? 'bad' : 'good'],
        ['Leases', number(first(data, 'leases'))], ['Requests that wait', number(first(data, 'lease_waiting'))],
        ['Leases lost', number(first(data, 'leases_lost'))], ['Outcomes unknown', number(first(data, 'outcomes_unknown'))],
        ['Listeners', number(first(data, 'event_listeners'))],
    ];
    const known = samples(data, 'overdue_known');
    if (known.length) tiles.push(['Tasks overdue', known.every((s) => s.value) ? number(first(data, 'overdue')) : 'not known', known.every((s) => s.value) && !first(data, 'overdue') ? '' : 'bad']);
    $('now').replaceChildren(...tiles.map(([name, value, kind]) => {
        const box = el('div');
        box.append(el('dt', name), el('dd', value, kind));
        return box;
    }));

    table('reasons', 'Refusals by reason', [['Reason', W], ['Mode', W], ['Refusals', N], ['A second', N]], refused.map((r) => [r.k[0], r.k[1], number(r.n), rate(r.rate)]));
    table('verdicts', 'Requests by verdict', [['Verdict', W], ['Mode', W], ['Requests', N], ['A second', N]], all.filter((r) => r.n > 0).map((r) => [r.k[0], r.k[1], number(r.n), rate(r.rate)]));

    const apps = new Map();
    for (const r of data.refusals) {
        const k = key([r.application || 'not known', r.reason]);
        apps.set(k, (apps.get(k) || 0) + 1);
    }
    table('apps', 'The last refusals by application', [['Application'], ['Reason', W], ['Of the last ' + data.refusals.length, N]], [...apps].sort((a, b) => b[1] - a[1]).map(([k, n]) => [...JSON.parse(k), number(n)]));

    table('times', 'Times of steps', [['Step', W], ['Median', N], ['99 %', N], ['Mean', N], ['Number', N]], samples(data, 'step_seconds').filter((s) => s.count).map((s) => [s.labels.step, took(s.labels.step, quantile(s, 0.5)), took(s.labels.step, quantile(s, 0.99)), took(s.labels.step, s.sum / s.count), number(s.count)]));

    const circuits = samples(data, 'store_circuit'), queued = samples(data, 'store_commands_queued');
    const of = (list, s, state) => list.filter((o) => o.labels.node === s.labels.node && o.labels.store === s.labels.store && (!state || o.labels.state === state)).reduce((a, o) => a + o.value, 0);
    table('nodes', 'Nodes of stores', [['Node'], ['State'], ['Closed', N], ['Open', N], ['Unanswered', N]], up.map((s) => [s.labels.node, [s.value ? 'up' : 'down', s.value ? 'good' : 'bad'], of(circuits, s, 'closed'), of(circuits, s, 'open') + of(circuits, s, 'half_open'), of(queued, s)]));
    table('operations', 'Operations of stores', [['Store'], ['Operation', W], ['Result', W], ['Number', N], ['A second', N]], group(data, 'store_operations', ['store', 'operation', 'result']).filter((r) => r.n > 0).map((r) => [...r.k, number(r.n), rate(r.rate)]));

    const ages = samples(data, 'keys_age_seconds');
    table('keys', 'Keys', [['Source'], ['Keys', N], ['Age', N]], samples(data, 'keys').map((s) => {
        const a = ages.find((o) => o.labels.source === s.labels.source);
        return [s.labels.source, [number(s.value), s.value ? N : 'n bad'], a ? age(a.value) : '\u2013'];
    }));

    const memory = samples(data, 'memory_bytes');
    const zones = [...new Set(memory.map((s) => s.labels.zone))];
    const kind = (z, k) => memory.filter((s) => s.labels.zone === z && s.labels.kind === k).reduce((a, s) => a + s.value, 0);
    table('memory', 'Memory of stores', [['Zone'], ['Records', N], ['Pinned', N], ['Evictable', N], ['Free', N], ['Evicted', N]], zones.map((z) => [z, number(samples(data, 'memory_tasks').filter((s) => s.labels.zone === z).reduce((a, s) => a + s.value, 0)), bytes(kind(z, 'pinned')), bytes(kind(z, 'evictable')), bytes(kind(z, 'free')), number(samples(data, 'evictions').filter((s) => s.labels.zone === z).reduce((a, s) => a + s.value, 0))]));

    table('last', 'The last refusals', [['Time', W], ['Reason', W], ['Application'], ['Task'], ['Request'], ['Client request']], data.refusals.map((r) => [new Date(r.time).toISOString().replace('T', ' ').replace('Z', ''), r.reason + (r.verdict === 'would_refuse' ? ' (dry run)' : ''), r.application || '\u2013', r.task || '\u2013', r.requestId || '\u2013', r.clientRequestId || '\u2013']));

    const build = samples(data, 'build')[0].labels;
    $('build').textContent = 'ngx_http_print_task_module ' + build.version + ', nginx ' + build.nginx + ', OpenSSL ' + build.openssl + ', hiredis ' + build.hiredis;
};

// what a screen reader says is said when it changes, not at each look
const say = (text, bad) => {
    const state = $('state');
    if (state.textContent !== text) state.textContent = text;
    state.className = bad ? 'bad' : '';
};

const look = async () => {
    clearTimeout(timer);
    if (paused) return;
    try {
        const got = await fetch(location.pathname + location.search, { headers: { Accept: 'application/json' }, cache: 'no-store', credentials: 'same-origin' });
        if (!got.ok) throw new Error('status ' + got.status);
        const data = await got.json();
        data.at = performance.now();
        show(data);
        before = { data };
        say('Live, every ' + period / 1000 + ' seconds');
    } catch (e) {
        say('No answer (' + e.message + '): values are old', true);
    }
    timer = setTimeout(look, period);
};

$('pause').addEventListener('click', () => {
    paused = !paused;
    $('pause').setAttribute('aria-pressed', String(paused));
    $('pause').textContent = paused ? 'Go on' : 'Pause';
    if (paused) { clearTimeout(timer); say('Paused'); } else look();
});

look();
})();
