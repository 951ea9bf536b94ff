#!/usr/bin/python3
"""sign.py SIGN_AUTH CERTS SCRATCH

What SIGN_AUTH has signed is judged by the openssl command line: each signature is taken out of its
AUTH data, r|s put into DER where AUTH has them raw, and checked against the certificate's key with
the hash and padding that the method says; it is refused over other octets. `openssl asn1parse` reads
each AlgorithmIdentifier and must name the algorithm. The hash that CERTREQ lists is that of the key as
openssl writes it. Exit code 77: openssl is not installed.
"""
import hashlib
import os
import shutil
import subprocess
import sys

program, certs, scratch = sys.argv[1:4]
if not shutil.which('openssl'):
    print('SKIPPED: openssl is not installed')
    sys.exit(77)
folder = os.path.join(scratch, 'sign')
os.makedirs(folder, exist_ok=True)
failures = 0
OLD = {1: 'sha1', 9: 'sha256', 10: 'sha384', 11: 'sha512'}
NAMED = {'rsa': 'sha%sWithRSAEncryption', 'ecdsa': 'ecdsa-with-SHA%s'}


def fail(text):
    global failures
    failures += 1
    print(text)


def openssl(*args, **how):
    return subprocess.run(['openssl', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)


def integer(raw):
    raw = raw.lstrip(b'\0') or b'\0'
    if raw[0] & 0x80:
        raw = b'\0' + raw
    return b'\x02' + bytes([len(raw)]) + raw


def der_of(raw):
    half = len(raw) // 2
    body = integer(raw[:half]) + integer(raw[half:])
    return b'\x30' + (bytes([len(body)]) if len(body) < 128 else b'\x81' + bytes([len(body)])) + body


def accepts(key, octets, signature, digest, padding):
    if digest == 'identity':
        command = ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', octets, '-sigfile', signature]
    else:
        command = ['dgst', '-' + digest, '-verify', key, '-signature', signature]
        if padding == 'pss':
            command += ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest']
        command += [octets]
    return openssl(*command).returncode == 0


octets, other = os.path.join(folder, 'octets'), os.path.join(folder, 'other')
with open(other, 'wb') as f:
    f.write(b'other octets')
lines = subprocess.run([program, certs, folder], check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()
for line in [l for l in lines if l.startswith('hash ')]:
    _, name, sha1 = line.split()
    public = openssl('x509', '-in', os.path.join(certs, name + '.pem'), '-noout', '-pubkey').stdout
    if hashlib.sha1(openssl('pkey', '-pubin', '-outform', 'DER', input=public).stdout).hexdigest() != sha1:
        fail('%s: another hash of its public key' % name)
lines = [l for l in lines if not l.startswith('hash ')]
for line in lines:
    name, how, method, front = line.split()
    method, front = int(method), int(front)
    with open(os.path.join(folder, name + '.' + how), 'rb') as f:
        auth = f.read()
    public = openssl('x509', '-in', os.path.join(certs, name + '.pem'), '-noout', '-pubkey').stdout
    key, signature = os.path.join(folder, 'public.pem'), os.path.join(folder, 'signature')
    with open(key, 'wb') as f:
        f.write(public)
    kind = 'rsa' if 'rsa' in name else 'ed' if 'ed25519' in name else 'ecdsa'
    padding, digest = ('pss', how[4:]) if how.startswith('pss-') and kind == 'rsa' else ('', how.replace('pss-', ''))
    if how == 'old':
        digest = OLD[method]
        bare = auth if method == 1 else der_of(auth)
    else:
        bare = auth[1 + front:]
        named = openssl('asn1parse', '-inform', 'DER', input=auth[1:1 + front]).stdout.decode()
        want = 'ED25519' if kind == 'ed' else 'rsassaPss' if padding else NAMED[kind] % digest[3:]
        if not any(row.endswith(':' + want) for row in named.splitlines()):
            fail('%s by %s: the AlgorithmIdentifier does not say %s:\n%s' % (name, how, want, named))
    with open(signature, 'wb') as f:
        f.write(bare)
    if not accepts(key, octets, signature, digest, padding):
        fail('%s by %s: openssl refuses it' % (name, how))
    if accepts(key, other, signature, digest, padding):
        fail('%s by %s: openssl takes it over other octets' % (name, how))
if len(lines) < 55:
    fail('only %d signatures' % len(lines))
print('%d signatures of %d keys, %d not as they should be' % (len(lines), len({l.split()[0] for l in lines}), failures))
sys.exit(1 if failures else 0)
