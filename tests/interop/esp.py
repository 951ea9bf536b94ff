#!/usr/bin/python3
"""esp.py ESP_SEAL SCRATCH

Packets of every suite, sealed by ESP_SEAL, are opened by those who had no part in it:

- tshark decrypts and verifies all without extended sequence numbers but ChaCha20-Poly1305, which it
  does not know, and finds each datagram whole with a right checksum;
- scapy does the same for the suites that it has (of GCM only the check value of 16 octets; ChaCha20
  too), and for GCM and ChaCha20 with extended sequence numbers;
- python's cryptography and hmac open every packet, with the construction written out below.

A packet of which a bit was changed is refused by each.  Exit code 77: tshark, scapy or cryptography is
not installed.
"""
import collections
import csv
import hashlib
import hmac
import logging
import os
import shutil
import struct
import subprocess
import sys

seal, scratch = sys.argv[1:3]
if not shutil.which('tshark'):
    print('SKIPPED: tshark is not installed')
    sys.exit(77)
try:
    logging.getLogger('scapy').setLevel(logging.ERROR)
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from scapy.layers.inet6 import IPv6
    from scapy.layers.ipsec import ESP, IPSecIntegrityError, SecurityAssociation
    from scapy.packet import raw
except ImportError as e:
    print('SKIPPED: %s' % e)
    sys.exit(77)

GCM_ICV = {'gcm16': 16, 'gcm12': 12, 'gcm8': 8}
HASH = {'sha1': (hashlib.sha1, 12, 'HMAC-SHA1-96'), 'sha256': (hashlib.sha256, 16, 'SHA2-256-128'),
        'sha384': (hashlib.sha384, 24, 'SHA2-384-192'), 'sha512': (hashlib.sha512, 32, 'SHA2-512-256')}
SCAPY = {'cbc': 'AES-CBC', 'ctr': 'AES-CTR', 'null': 'NULL'}
IPV6_HEADER = 40

failures = 0


def fail(text):
    global failures
    failures += 1
    if failures < 20:
        print(text)


def frames_of(path):
    with open(path, 'rb') as f:
        data = f.read()
    at, frames = 24, []
    while at < len(data):
        n, = struct.unpack_from('=I', data, at + 8)
        frames.append(data[at + 16:at + 16 + n])
        at += 16 + n
    return frames


class Wrong(Exception):
    pass


def opened(row, esp):
    """Text with trailer, by nothing but the primitives."""
    suite, key = row['suite'].split('-'), bytes.fromhex(row['key'])
    high = struct.pack('!I', int(row['sequence']) >> 32)
    esn = row['esn'] == '1'
    aad = esp[:4] + (high if esn else b'') + esp[4:8]
    if suite[0] == 'chacha20':
        try:
            return ChaCha20Poly1305(key[:32]).decrypt(key[32:] + esp[8:16], esp[16:], aad)
        except InvalidTag as e:
            raise Wrong() from e
    if suite[1] in GCM_ICV:
        icv = GCM_ICV[suite[1]]
        mode = modes.GCM(key[-4:] + esp[8:16], esp[-icv:], min_tag_length=icv)
        open_ = Cipher(algorithms.AES(key[:-4]), mode).decryptor()
        open_.authenticate_additional_data(aad)
        try:
            return open_.update(esp[16:-icv]) + open_.finalize()
        except InvalidTag as e:
            raise Wrong() from e
    digest, icv, _ = HASH[suite[-1]]
    covered = esp[:-icv] + (high if esn else b'')
    if hmac.new(bytes.fromhex(row['integrity']), covered, digest).digest()[:icv] != esp[-icv:]:
        raise Wrong()
    if suite[0] == 'null':
        return esp[8:-icv]
    if suite[1] == 'cbc':
        cipher = Cipher(algorithms.AES(key), modes.CBC(esp[8:24]))
        return cipher.decryptor().update(esp[24:-icv])
    cipher = Cipher(algorithms.AES(key[:-4]), modes.CTR(key[-4:] + esp[8:16] + b'\0\0\0\1'))
    return cipher.decryptor().update(esp[16:-icv])


def check_primitives(row, frame):
    esp = frame[IPV6_HEADER:]
    if struct.unpack('!II', esp[:8]) != (int(row['spi']), int(row['sequence']) & 0xffffffff):
        fail('%s: SPI or sequence number' % row)
    try:
        text = opened(row, esp)
    except Wrong:
        if row['changed'] == '0':
            fail('primitives: wrong check value: %s' % row)
        return
    want = bytes.fromhex(row['text'])
    pad = text[-2]
    if row['changed'] == '1' or text[:-2 - pad] != want or text[-1] != int(row['next']) or \
            text[-2 - pad:-2] != bytes(range(1, pad + 1)) or pad > 15 or len(text) % 4:
        fail('primitives: %s' % row)


def scapy_sa(row):
    """None: scapy does not know it."""
    suite, key = row['suite'].split('-'), bytes.fromhex(row['key'])
    spi = int(row['spi'])
    if row['suite'] == 'chacha20-poly1305':
        return SecurityAssociation(ESP, spi=spi, crypt_algo='CHACHA20-POLY1305', crypt_key=key)
    if suite[1] == 'gcm16':
        return SecurityAssociation(ESP, spi=spi, crypt_algo='AES-GCM', crypt_key=key)
    if suite[1] in GCM_ICV or row['esn'] == '1':
        return None  # it forgets the high half behind a separate HMAC
    kind = suite[1] if suite[0] != 'null' else 'null'
    return SecurityAssociation(ESP, spi=spi, crypt_algo=SCAPY[kind], crypt_key=key or None,
                               auth_algo=HASH[suite[-1]][2], auth_key=bytes.fromhex(row['integrity']))


def check_scapy(row, frame, counts):
    sa = scapy_sa(row)
    if not sa:
        return
    packet = IPv6(frame)
    counts['scapy'] += 1
    more = dict(esn_en=True, esn=int(row['sequence']) >> 32) if row['esn'] == '1' else {}
    try:
        got = sa.decrypt(packet, **more)
    except IPSecIntegrityError:
        if row['changed'] == '0':
            fail('scapy: wrong check value: %s' % row)
        return
    if row['changed'] == '1' or raw(got.payload) != bytes.fromhex(row['text']):
        fail('scapy: %s' % row)


def check_tshark(rows, folder, counts):
    fields = ['frame.number', 'esp.icv_good', 'esp.icv_bad', 'udp.checksum.status', 'udp.payload', 'udp.length',
              '_ws.malformed']
    done = subprocess.run(
        ['tshark', '-r', os.path.join(folder, '32.pcap'), '-o', 'esp.enable_encryption_decode:TRUE', '-o',
         'esp.enable_authentication_check:TRUE', '-o', 'esp.do_esp_sequence_analysis:FALSE', '-o',
         'udp.check_checksum:TRUE', '-T', 'fields', '-E', 'separator=|', *[x for f in fields for x in ('-e', f)]],
        capture_output=True, text=True, env=dict(os.environ, WIRESHARK_CONFIG_DIR=folder))
    if done.returncode:
        fail('tshark: ' + done.stderr.strip()[-300:])
    seen = {}
    for line in done.stdout.splitlines():
        cell = dict(zip(fields, line.split('|')))
        seen[cell['frame.number']] = cell
    for row in rows:
        cell = seen.get(row['frame'], {})
        if row['esn'] == '1' or row['suite'] == 'chacha20-poly1305':
            continue
        counts['tshark'] += 1
        datagram = bytes.fromhex(row['text'])[IPV6_HEADER if row['next'] == '41' else 0:]
        if row['changed'] == '1':
            if cell.get('esp.icv_bad') != '1' or cell.get('esp.icv_good') == '1':
                fail('tshark takes a changed packet: %s' % cell)
        elif cell.get('esp.icv_good') != '1' or cell.get('udp.checksum.status') != '1' or cell['_ws.malformed'] or \
                cell['udp.length'] != str(len(datagram)) or cell['udp.payload'] != datagram[8:].hex():
            fail('tshark: %s: %s' % (row, cell))


def main():
    folder = os.path.join(scratch, 'esp-interop')
    os.makedirs(folder, exist_ok=True)
    subprocess.run([seal, folder], check=True)
    with open(os.path.join(folder, 'packets.csv'), newline='') as f:
        rows = list(csv.DictReader(f))
    frames = {'0': frames_of(os.path.join(folder, '32.pcap')), '1': frames_of(os.path.join(folder, 'esn.pcap'))}
    counts = collections.Counter()
    for row in rows:
        frame = frames[row['esn']][int(row['frame']) - 1]
        counts['primitives'] += 1
        check_primitives(row, frame)
        check_scapy(row, frame, counts)
    check_tshark(rows, folder, counts)
    suites = len({row['suite'] for row in rows})
    print('%d packets of %d suites: %d opened by tshark, %d by scapy, all by the primitives; %d were changed'
          % (len(rows), suites, counts['tshark'], counts['scapy'], sum(r['changed'] == '1' for r in rows)))
    if not counts['tshark'] or not counts['scapy'] or not rows:
        fail('somebody had nothing to open')
    return 1 if failures else 0


sys.exit(main())
