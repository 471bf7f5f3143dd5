// A real identity provider: oidc-provider, which issues access tokens of RFC
// 9068.  Its clients are openid-client and MSAL; the gateway fetches its keys.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { ConfidentialClientApplication, ProtocolMode } from '@azure/msal-node';
import Provider from 'oidc-provider';
import * as openid from 'openid-client';


const resource = 'api://print-gateway';
const role = 'PrintTaskDefinition.ReadWrite.All';
const path = '/v1.0/print/taskDefinitions/d/tasks/t';
const secret = 'a secret of a client, of 32 bytes or more';
const pair = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') };
const client = { key: readFileSync('client-key.pem'),
                 cert: readFileSync('client-cert.pem') };

const keys = ['k1', 'k2', 'k3'].map(key);

let provider, issuer, backEnd, gateway, url;


// --- the identity provider

function key(kid) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

    return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256',
             use: 'sig' };
}


// Clients, with the role that the administrator gave to some of them.

const clients = [
    { client_id: 'connector' },
    { client_id: 'stranger' },
    { client_id: 'bound', tls_client_certificate_bound_access_tokens: true },
].map(client => ({
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
    ...client,
}));


// The first key signs, all of them are published.

function application(keys) {
    const provider = new Provider(issuer, {
        jwks: { keys },
        clients,
        clientAuthMethods: ['client_secret_post'],
        scopes: [`${resource}/.default`],
        features: {
            devInteractions: { enabled: false },
            clientCredentials: { enabled: true },
            mTLS: {
                enabled: true,
                certificateBoundAccessTokens: true,
                getCertificate: ({ req }) => {
                    const { raw } = req.socket.getPeerCertificate();

                    return raw && new X509Certificate(raw);
                },
            },
            resourceIndicators: {
                enabled: true,
                defaultResource: () => resource,
                getResourceServerInfo: (ctx, audience) => ({
                    audience,
                    scope: `${resource}/.default`,
                    accessTokenFormat: audience === 'api://opaque' ? 'opaque'
                                                                   : 'jwt',
                    accessTokenTTL: 600,
                    jwt: { sign: { alg: 'RS256', kid: keys[0].kid } },
                }),
            },
        },
        extraTokenClaims: (ctx, token) =>
            token.clientId === 'stranger' ? {} : { roles: [role] },
    });

    return provider.callback();
}


async function up(keys) {
    provider.handler = application(keys);

    if (!provider.server.listening) {
        await listen(provider.server, new URL(issuer).port);
    }
}


async function down() {
    provider.server.closeAllConnections();
    await new Promise(done => provider.server.close(done));
}


function listen(server, port = 0) {
    return new Promise((done, failed) =>
        server.once('error', failed)
              .listen(port, '127.0.0.1', () => done(server.address().port)));
}


// --- its clients

const configurations = {};


// openid-client, over the connections of a client that may have a certificate

async function token(id = 'connector', parameters = { resource }) {
    configurations[id] ??= await openid.discovery(
        new URL(issuer), id,
        { use_mtls_endpoint_aliases: false },
        openid.ClientSecretPost(secret),
        { [openid.customFetch]: fetchAs(id === 'bound' ? client : {}) });

    const { access_token } = await openid.clientCredentialsGrant(
        configurations[id], parameters);

    return access_token;
}


function fetchAs(certificate) {
    return async (input, { body, headers, method }) => {
        const text = body ? String(body) : undefined;
        const { status, fields, content } = await request(String(input), {
            method, ...certificate,
            headers: { ...Object.fromEntries(new Headers(headers)),
                       ...text && { 'content-length': text.length } },
        }, text);

        return new Response(content, { status, headers: fields });
    };
}


function request(to, options, body) {
    return new Promise((done, failed) => {
        https.request(to, { agent: false, ...options }, response => {
            const chunks = [];

            response.on('data', chunk => chunks.push(chunk));
            response.on('end', () => done({
                status: response.statusCode,
                fields: response.headers,
                content: Buffer.concat(chunks).toString(),
            }));
        }).on('error', failed).end(body);
    });
}


// --- the gateway

async function start() {
    const port = await freePort();

    url = `https://127.0.0.1:${port}`;

    const user = process.getuid() === 0 ? 'user root root;' : '';

    writeFileSync('identity.conf', `
        load_module ${process.env.MODULE};
        ${user}
        worker_processes 1;     # each worker reads a new list by itself
        daemon off;
        pid identity.pid;
        error_log identity-error.log notice;
        events {}
        http {
            access_log off;
            ${readFileSync('private.conf', 'utf8')
              .split('\n').filter(line => /_temp_path/.test(line)).join('\n')}
            print_task_store memory:identity:1m;
            print_task_key_request /keys;
            print_task_key_refresh 1h 1s;
            print_task_issuer ${issuer};
            print_task_audience ${resource} api://opaque;
            print_task_revoked_file revoked.json;
            server {
                listen 127.0.0.1:${port} ssl;
                ssl_certificate cert.pem;
                ssl_certificate_key key.pem;
                ssl_verify_client optional_no_ca;
                location / {
                    print_task forward;
                    print_task_client_certificate $ssl_client_raw_cert;
                    proxy_pass http://127.0.0.1:${backEnd.address().port};
                }
                location = /keys {
                    internal;
                    proxy_pass ${issuer}/jwks;
                    proxy_ssl_name gateway;
                    proxy_ssl_verify on;
                    proxy_ssl_trusted_certificate cert.pem;
                }
            }
        }`);

    revoke([]);

    gateway = spawn('nginx', ['-p', `${process.cwd()}/`, '-e',
                              'identity-error.log', '-c',
                              `${process.cwd()}/identity.conf`],
                    { stdio: 'inherit' });

    await until(() => request(url, {}).then(() => true, () => false));
}


async function freePort() {
    const server = http.createServer();
    const port = await listen(server);

    await new Promise(done => server.close(done));

    return port;
}


function revoke(apps) {
    writeFileSync('revoked.json', JSON.stringify({ apps }));
}


async function until(test, seconds = 20) {
    const deadline = Date.now() + seconds * 1000;

    while (Date.now() < deadline) {
        if (await test()) {
            return true;
        }

        await sleep(50);
    }

    return false;
}


// What the gateway makes of a change: the status, and the reason of a refusal.

async function change(token, certificate = {}) {
    const body = '{"status":{"state":"processing","description":"x"}}';

    const { status, content } = await request(`${url}${path}`, {
        method: 'PATCH', ...certificate,
        headers: { authorization: `Bearer ${token}`,
                   'content-type': 'application/json',
                   'content-length': body.length },
    }, body);

    const { error } = JSON.parse(content);

    return error ? `${status} ${error.innerError.code}` : `${status}`;
}


before(async () => {
    issuer = `https://127.0.0.1:${await freePort()}`;

    provider = {
        server: https.createServer({ ...pair, requestCert: true,
                                     rejectUnauthorized: false },
                                   (...args) => provider.handler(...args)),
    };

    backEnd = http.createServer((incoming, outgoing) => {
        incoming.resume().on('end', () => {
            outgoing.setHeader('Content-Type', 'application/json');
            outgoing.end('{"id":"t","status":{"state":"processing"}}');
        });
    });

    await listen(backEnd);
});


after(async () => {
    if (gateway) {
        const ended = new Promise(done => gateway.once('exit', done));

        gateway.kill('SIGQUIT');
        await ended;
    }

    await down();
    backEnd.closeAllConnections();
    backEnd.close();
});


test('a provider that is not there yet', async () => {
    await up([keys[0]]);
    const early = await token();
    await down();

    await start();
    assert.equal(await change(early), '503 keysUnavailable');

    await up([keys[0]]);
    assert.ok(await until(async () => await change(early) === '200'),
              'the keys are fetched when it is');
});


test('openid-client: a token for the resource', async () => {
    const jwt = await token();
    const [header, claims] = jwt.split('.').slice(0, 2).map(
        part => JSON.parse(Buffer.from(part, 'base64url')));

    assert.equal(header.typ, 'at+jwt', 'a token of RFC 9068');
    assert.equal(claims.client_id, 'connector');
    assert.equal(claims.aud, resource);

    assert.equal(await change(jwt), '200');
});


test('MSAL: a token for the default scope of the resource', async () => {
    const application = new ConfidentialClientApplication({
        auth: {
            clientId: 'connector',
            clientSecret: secret,
            authority: issuer,
            knownAuthorities: [new URL(issuer).host],
            protocolMode: ProtocolMode.OIDC,
        },
        system: { protocolMode: ProtocolMode.OIDC },
    });

    const { accessToken } = await application.acquireTokenByClientCredential({
        scopes: [`${resource}/.default`],
    });

    assert.equal(await change(accessToken), '200');
});


test('a token for another resource', async () => {
    assert.equal(await change(await token('connector',
                                          { resource: 'api://other' })),
                 '401 tokenAudience');
});


test('a token that is not a JWT', async () => {
    assert.equal(await change(await token('connector',
                                          { resource: 'api://opaque' })),
                 '401 tokenMalformed');
});


test('a client without the role', async () => {
    assert.equal(await change(await token('stranger')), '403 roleMissing');
});


test('a client whose tokens are bound to its certificate', async () => {
    const jwt = await token('bound');

    assert.equal(await change(jwt, client), '200');
    assert.equal(await change(jwt, pair), '401 tokenBound');
    assert.equal(await change(jwt), '401 tokenBound');
    assert.equal(await change(await token(), client), '200');
});


test('a client that is revoked', async () => {
    const jwt = await token();

    revoke([{ id: 'connector' }]);
    assert.ok(await until(async () =>
        await change(jwt) === '401 tokenRevoked'), 'is refused');
    assert.equal(await change(await token('stranger')), '403 roleMissing');

    revoke([]);
    assert.ok(await until(async () => await change(jwt) === '200'),
              'and accepted again');
});


test('keys that are rotated', async () => {
    const old = await token();

    await up([keys[1], keys[0]]);

    const next = await token();

    assert.ok(await until(async () => await change(next) === '200'),
              'a token of the new key');
    assert.equal(await change(old), '200', 'a token of the old key');

    await up([keys[1]]);

    // keys are fetched for a "kid" that is not known

    await up([keys[2], keys[1]]);

    const third = await token();

    assert.ok(await until(async () => await change(third) === '200'),
              'a token of a third key');
    assert.equal(await change(next), '200', 'a token of the second key');
    assert.equal(await change(old), '401 tokenKeyUnknown',
                 'a token of the key that is gone');
});


test('a provider that is down, and back', async () => {
    const jwt = await token();

    await up([keys[0]]);
    const unseen = await token();

    await down();

    assert.equal(await change(jwt), '200', 'keys that are known go on');
    assert.equal(await change(unseen), '401 tokenKeyUnknown',
                 'keys that are not cannot be fetched');
    assert.equal(await change(jwt), '200', '... which changes nothing');

    await up([keys[0], keys[2]]);
    assert.ok(await until(async () => await change(unseen) === '200'),
              'they are fetched when the provider is back');
    assert.equal(await change(jwt), '200');
});
