"""Checks conf/kubernetes against the schema of Kubernetes, and nginx.conf in it.

    check.py NGINX MODULE KEYS CERTIFICATE KEY

KEYS, CERTIFICATE and KEY are files in place of those that the example mounts.
"""

import re
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

nginx, module, keys, certificate, key = sys.argv[1:]
version = kubernetes_validate.latest_version()
kinds = set()
conf = None

with open('conf/kubernetes/gateway.yaml') as text:
    for document in yaml.safe_load_all(text):
        kubernetes_validate.validate(document, version, strict=True)
        kinds.add(document['kind'])

        if document['kind'] == 'ConfigMap':
            conf = document['data']['nginx.conf']

missing = {'ConfigMap', 'Deployment', 'NetworkPolicy', 'Service'} - kinds

if missing:
    sys.exit('no ' + ' '.join(sorted(missing)))

print('ok - the schema of Kubernetes', version)

# the names of services are known only in a cluster

for old, new in (('include /etc/nginx/modules-enabled/*.conf', 'load_module ' + module),
                 ('/etc/print-gateway/jwks.json', keys),
                 ('/etc/print-gateway-tls/tls.crt', certificate),
                 ('/etc/print-gateway-tls/tls.key', key),
                 ('redis:6379', '127.0.0.1:6379'),
                 ('http://print-service:8080', 'http://127.0.0.1:8080')):
    if old not in conf:
        sys.exit('nginx.conf has no ' + old)
    conf = conf.replace(old, new)

with tempfile.TemporaryDirectory() as folder:
    conf = re.sub(r'/tmp/', folder + '/', conf)

    with open(folder + '/nginx.conf', 'w') as out:
        out.write(conf)

    test = subprocess.run([nginx, '-t', '-e', 'stderr', '-p', folder, '-c',
                           folder + '/nginx.conf'],
                          capture_output=True, text=True)

if test.returncode or '[warn]' in test.stderr:
    sys.exit(test.stderr)

print('ok - nginx loads the configuration of the ConfigMap')
