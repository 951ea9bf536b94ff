#!/usr/bin/python3
"""live_strongswan.py MONAMI SCENARIOS SCRATCH [CASE...]: one node of live-vpn.yaml against strongSwan's charon-systemd,
which nobody here wrote. Every row of CASES is one exchange, in namespaces of its own: charon is process 2 of them, its
addresses are on lo, its way to us is the TUN device. Nothing of this machine's own strongSwan is read or written.

charon's user-space data plane (kernel-libipsec) has tunnel mode in UDP alone, no ESN, and no selectors that are equal
to the peer of IKE: so live-vpn.yaml has one tunnel between the home address and one host.

Exit code 77: no charon-systemd, no swanctl, no TUN device, or no right to make namespaces.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import live_net as net

PLUGINS = ('random nonce openssl kdf hmac sha1 sha2 aes gcm ctr curve25519 chapoly pem pkcs1 x509 pubkey constraints '
           'vici kernel-libipsec kernel-netlink socket-default')  # libipsec before netlink
AT = {'wlan': '2001:db8:2::5', 'cell': '2001:db8:3::5'}  # of charon as a car
BINARY = 'charon-systemd'

# role: which node monami is; then: acts in order, while it runs; must: what is demanded afterwards.
# charon, child: keys of the connection and of its child; conf: of charon-systemd {}.
CASES = {
    # ---- both directions of everything, with a shared secret
    'initiator-psk': {'role': 'car', 'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys', 'counts']},
    'responder-psk': {'role': 'ha', 'then': ['initiate', 'up', 'ping'], 'must': ['echo', 'pinged', 'keys', 'counts']},
    # ---- signatures
    'initiator-ed25519': {'role': 'car', 'mobile': 'ed', 'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'initiator-ecdsa': {'role': 'car', 'mobile': 'ec', 'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'initiator-rsa-chain': {'role': 'car', 'mobile': 'rsa', 'then': ['up', 'ping'],
                            'must': ['echo', 'pinged', 'fragments-sent', 'keys']},
    'initiator-rsa-pss': {'role': 'car', 'mobile': 'rsa', 'nodes': {'car': {'ike': {'padding': 'pss'}}},
                          'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'responder-ed25519': {'role': 'ha', 'mobile': 'ed', 'then': ['initiate', 'up', 'ping'],
                          'must': ['echo', 'pinged', 'keys']},
    'responder-ecdsa': {'role': 'ha', 'mobile': 'ec', 'then': ['initiate', 'up', 'ping'],
                        'must': ['echo', 'pinged', 'keys']},
    'responder-rsa-chain': {'role': 'ha', 'mobile': 'rsa', 'then': ['initiate', 'up', 'ping'],
                            'must': ['echo', 'pinged', 'fragments-received', 'keys']},
    # ---- five proposals, of IKE and of ESP
    'cbc256-sha512-x25519': {'role': 'car', 'ike': 'aes256-sha512-x25519', 'esp': 'aes256-cbc-sha256',
                             'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'cbc128-sha1-modp2048': {'role': 'car', 'ike': 'aes128-sha1-modp2048', 'esp': 'aes128-cbc-sha256',
                             'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'gcm256-sha384-ecp384': {'role': 'car', 'ike': 'aes256gcm16-prfsha384-ecp384', 'esp': 'aes256-gcm16',
                             'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'ctr128-sha256-ecp256': {'role': 'car', 'ike': 'aes128ctr-sha256-ecp256', 'esp': 'aes128-gcm16',
                             'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'keys']},
    'chacha-sha256-x25519': {'role': 'car', 'ike': 'chacha20poly1305-prfsha256-x25519', 'esp': 'chacha20-poly1305',
                             'then': ['up', 'ping'], 'must': ['echo', 'pinged']},
    # ---- rekeying, from either side
    'rekey-child-by-us': {'role': 'car', 'nodes': {'car': {'ipsec': {'lifetime': {'soft': '2 s', 'hard': '20 s'}}}},
                          'then': ['up', 4, 'ping'], 'must': ['echo', 'pinged', 'children', 'keys']},
    'rekey-child-by-them': {'role': 'car', 'then': ['up', 'ping', 'rekey-child', 1, 'ping'],
                            'must': ['echo', 'pinged', 'children', 'keys']},
    'rekey-child-with-group': {'role': 'car', 'pfs': 'ecp256', 'then': ['up', 'ping', 'rekey-child', 1, 'ping'],
                               'must': ['echo', 'pinged', 'children', 'keys']},
    'rekey-ike-by-us': {'role': 'car', 'nodes': {'car': {'ike': {'soft': '2 s', 'hard': '20 s'}}},
                        'then': ['up', 4, 'ping'], 'must': ['echo', 'pinged', 'ike-sas', 'keys']},
    'rekey-ike-by-them': {'role': 'car', 'then': ['up', 'ping', 'rekey-ike', 1, 'ping'],
                          'must': ['echo', 'pinged', 'ike-sas', 'keys']},
    'rekey-child-of-responder': {'role': 'ha', 'then': ['initiate', 'up', 'ping', 'rekey-child', 1, 'ping'],
                                 'must': ['echo', 'pinged', 'children', 'keys']},
    'rekey-ike-of-responder': {'role': 'ha', 'then': ['initiate', 'up', 'ping', 'rekey-ike', 1, 'ping'],
                               'must': ['echo', 'pinged', 'ike-sas', 'keys']},
    # ---- cookies: ours ask theirs; theirs ask ours, as soon as one SA is half open
    'cookie-by-us': {'role': 'ha', 'nodes': {'ha': {'responder': {'cookies_from': 0}}},
                     'then': ['initiate', 'up', 'ping'], 'must': ['echo', 'cookie', 'keys']},
    'cookie-by-them': {'role': 'car', 'conf': {'cookie_threshold': '1', 'half_open_timeout': '30'}, 'half-open': 3,
                       'then': ['up', 'ping'], 'must': ['echo', 'cookie']},
    # ---- childless, liveness, the end
    'childless': {'role': 'car', 'nodes': {'car': {'ike': {'childless': True}}}, 'charon': {'childless': 'force'},
                  'then': ['up', 'ping'], 'must': ['echo', 'pinged', 'one-create', 'keys']},
    'liveness-of-them': {'role': 'car', 'nodes': {'car': {'ike': {'dpd': '1 s'}}},
                         'timers': {'ike_first_timeout': '200 ms', 'ike_tries': 3, 'ike_suspect': 2},
                         'events': [{'at': '1 ms', 'detach': 'car.cell0'}],
                         'then': ['up', 'ping', 'freeze'], 'must': ['dead']},
    'liveness-of-us': {'role': 'car', 'charon': {'dpd_delay': '1s'},
                       'conf': {'retransmit_timeout': '0.3', 'retransmit_tries': '2'},
                       'then': ['up', 'ping', 'kill', 6], 'must': ['given-up']},
    'probed': {'role': 'car', 'charon': {'dpd_delay': '1s'}, 'flows': {}, 'then': ['up', 4], 'must': ['probes']},
    'delete-by-us': {'role': 'car', 'seconds': 4, 'then': ['up', 'ping', 4], 'must': ['deleted', 'gone']},
    'delete-by-them': {'role': 'car', 'then': ['up', 'ping', 'terminate', 1], 'must': ['deleted-by-them']},
    'delete-by-them-to-responder': {'role': 'ha', 'then': ['initiate', 'up', 'ping', 'terminate', 1],
                                    'must': ['deleted-by-them']},
    # ---- MOBIKE, from either side
    'mobike-by-us': {'role': 'car', 'events': [{'at': '3 s', 'detach': 'car.wlan0'}],
                     'then': ['up', 'ping', 4, 'ping'], 'must': ['echo', 'pinged', 'moved', 'one-ike-sa', 'keys']},
    'mobike-by-us-and-back': {'role': 'car', 'seconds': 12,
                              'events': [{'at': '3 s', 'detach': 'car.wlan0'}, {'at': '6 s', 'attach': 'car.wlan0'}],
                              'then': ['up', 'ping', 7, 'ping'], 'must': ['echo', 'pinged', 'moved', 'one-ike-sa']},
    'mobike-by-them': {'role': 'ha', 'then': ['initiate', 'up', 'ping', 'move', 3, 'ping'],
                       'must': ['echo', 'pinged', 'moved', 'one-ike-sa', 'keys']},
}


# ---- charon ---------------------------------------------------------------------------------------------------


def braces(of, indent=''):
    """{'a': {'b': 'c'}} as strongSwan writes it."""
    text = ''
    for key, value in of.items():
        if isinstance(value, dict):
            text += f'{indent}{key} {{\n{braces(value, indent + "  ")}{indent}}}\n'
        else:
            text += f'{indent}{key} = {value}\n'
    return text


def esp_words(suite):
    """Of ours in theirs: aes256-gcm16 is aes256gcm16, aes128-cbc-sha256 aes128-sha256."""
    return suite.replace('-gcm', 'gcm').replace('-cbc', '').replace('chacha20-poly1305', 'chacha20poly1305')


class Charon:
    def __init__(self, folder, scenarios, case, mobile):
        self.folder = folder
        self.server = case['role'] == 'car'  # monami is the car, charon its gateway
        self.vici = 'unix://' + os.path.join('/run', 'charon.vici')
        self.log = os.path.join(folder, 'charon.log')
        for name in ('charon.log', 'charon.out'):
            if os.path.exists(os.path.join(folder, name)):
                os.remove(os.path.join(folder, name))
        self.write(scenarios, case, mobile)
        env = dict(os.environ, STRONGSWAN_CONF=os.path.join(folder, 'strongswan.conf'), SWANCTL_DIR=folder)
        self.env = env
        binary = shutil.which(BINARY) or '/usr/sbin/' + BINARY
        out = open(os.path.join(folder, 'charon.out'), 'w')
        self.process = subprocess.Popen([binary], env=env, stdout=out, stderr=subprocess.STDOUT)
        for _ in range(100):
            if os.path.exists('/run/charon.vici') or self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.ask('--load-all', '--noprompt', '--file', os.path.join(folder, 'swanctl.conf'))

    def write(self, scenarios, case, mobile):
        conf = {'load': PLUGINS, 'install_virtual_ip': 'no', 'plugins': {
            'vici': {'socket': self.vici}, 'socket-default': {'use_ipv4': 'no'},
            'kernel-netlink': {'roam_events': 'yes'}},
            'filelog': {'keys': {'path': self.log, 'default': '1', 'ike': '4', 'chd': '4', 'net': '1', 'enc': '1',
                                 'append': 'no', 'flush_line': 'yes'}}}
        conf.update(case.get('conf', {}))
        with open(os.path.join(self.folder, 'strongswan.conf'), 'w') as f:
            f.write(braces({BINARY: conf}))
        with open(os.path.join(self.folder, 'swanctl.conf'), 'w') as f:
            f.write(braces(self.connection(scenarios, case, mobile)))

    def connection(self, scenarios, case, mobile):
        us, them = f'{mobile}@home.example', 'ha.home.example'
        own, other = (them, us) if self.server else (us, them)
        own_ts, other_ts = (net.CN, net.HOME) if self.server else (net.HOME, net.CN)
        esp = esp_words(case.get('esp', 'aes256-gcm16')) + ('-' + case['pfs'] if 'pfs' in case else '')
        signed = mobile != 'car'
        child = {'mode': 'tunnel', 'local_ts': own_ts + '/128', 'remote_ts': other_ts + '/128', 'esp_proposals': esp,
                 'rekey_time': '0', 'dpd_action': 'clear'}
        child.update(case.get('child', {}))
        peer = {'version': '2', 'local_addrs': '%any6', 'remote_addrs': '%any' if self.server else net.HA,
                'proposals': case.get('ike', 'aes256-sha256-x25519'), 'mobike': 'yes', 'fragmentation': 'yes',
                'rekey_time': '0', 'reauth_time': '0', 'send_cert': 'always',
                'local': {'auth': 'pubkey' if signed else 'psk', 'id': own},
                'remote': {'auth': 'pubkey' if signed else 'psk', 'id': other}, 'children': {'inside': child}}
        if signed:
            name = 'ha' if self.server else mobile
            for sub in ('x509', 'x509ca', 'private'):
                os.makedirs(os.path.join(self.folder, sub), exist_ok=True)
            self.split(os.path.join(scenarios, 'certs', name + '.pem'), name)
            shutil.copy(os.path.join(scenarios, 'certs', 'ca.pem'), os.path.join(self.folder, 'x509ca', 'ca.pem'))
            shutil.copy(os.path.join(scenarios, 'certs', name + '.key'),
                        os.path.join(self.folder, 'private', name + '.key'))
            peer['local']['certs'] = name + '.pem'
        peer.update(case.get('charon', {}))
        secret = {} if signed else {'ike-one': {'id-a': us, 'id-b': them, 'secret': '"monami"'}}
        return {'connections': {'peer': peer}, 'secrets': secret}

    def split(self, chain, name):
        """The first certificate of a file is its owner's, the rest are of those in between."""
        with open(chain) as f:
            parts = re.findall(r'-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n', f.read(), re.S)
        for k, part in enumerate(parts):
            where = os.path.join('x509', name) if k == 0 else os.path.join('x509ca', f'{name}-{k}')
            with open(os.path.join(self.folder, where + '.pem'), 'w') as f:
                f.write(part)

    def ask(self, *words, seconds=20):
        asked = subprocess.run(['swanctl', *words, '--uri', self.vici], env=self.env, capture_output=True, text=True,
                               timeout=seconds)
        return asked.returncode, asked.stdout + asked.stderr

    def is_up(self):
        said = self.ask('--list-sas')[1]
        return 'ESTABLISHED' in said and 'INSTALLED' in said

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        net.stop(self.process)

    def words(self):
        with open(self.log, errors='replace') as f:
            return f.read()

    def secrets(self):
        """[(what, hexadecimal)] in the order of the log: 'Sk_ei secret', 'encryption initiator key', ..."""
        found, rest = [], 0
        for line in self.words().splitlines():
            m = re.search(r'\[(?:IKE|CHD|KEY|CFG)\](?: <[^>]*>)? (.*)', line)
            if not m:
                continue
            head = re.match(r'(Sk_\w+ secret|(?:encryption|integrity) (?:initiator|responder) key) => (\d+) bytes',
                            m.group(1))
            if head:
                found.append([head.group(1), ''])
                rest = int(head.group(2))
            elif rest:
                row = re.match(r' *\d+: ((?:[0-9A-F]{2} ?){1,16})', m.group(1))
                text = row.group(1).replace(' ', '').lower()[:2 * min(16, rest)] if row else ''
                found[-1][1] += text
                rest = rest - len(text) // 2 if row else 0
        return found

    def ike_keys(self):
        """{SK_ei: (SK_ei, SK_er, SK_ai, SK_ar)}: what belongs together follows in the log."""
        sets, now = {}, {}
        for what, key in self.secrets():
            if not what.startswith('Sk_'):
                continue
            if what == 'Sk_d secret':
                now = {}
            now[what[3:5]] = key
            if what == 'Sk_er secret':
                sets[now['ei']] = (now['ei'], now['er'], now.get('ai', ''), now.get('ar', ''))
        return sets

    def esp_keys(self):
        """Every (encryption, integrity) of a direction."""
        sets = []
        for what, key in self.secrets():
            words = what.split()
            if len(words) != 3:
                continue
            if words[:2] == ['encryption', 'initiator']:
                sets.append({})
            if sets:
                sets[-1][tuple(words[:2])] = key
        return {(one.get(('encryption', side), ''), one.get(('integrity', side), ''))
                for one in sets for side in ('initiator', 'responder')}


# ---- a case ---------------------------------------------------------------------------------------------------


def changes_of(case, scenarios, mobile):
    changes = {key: case[key] for key in ('nodes', 'events', 'timers', 'flows') if key in case}
    car = {'ike': {'proposal': case.get('ike', 'aes256-sha256-x25519'), 'pfs': case.get('pfs', 'none')},
           'ipsec': {'suite': case.get('esp', 'aes256-gcm16')}}
    whole = {'nodes': {'car': car, 'ha': {}}}
    if mobile != 'car':
        at = os.path.join(scenarios, 'certs')
        trusted = os.path.join(at, 'ca.pem')
        car['ike'].update(auth='signature', trusted=trusted, key=os.path.join(at, mobile + '.key'),
                          certificates=os.path.join(at, mobile + '.pem'))
        whole['nodes']['ha']['responder'] = {'trusted': trusted, 'key': os.path.join(at, 'ha.key'),
                                             'certificates': os.path.join(at, 'ha.pem')}
    net.merge(whole, changes)
    return whole


def place_charon(server):
    """Its addresses, and the way to us."""
    if server:
        net.set_up(('live0', [net.CAR, net.CELL]))
        net.sh(f'ip addr add {net.HA}/128 dev lo; ip addr add {net.CN}/128 dev lo')
    else:
        net.set_up(('live0', []))
        net.sh(f'ip addr add {AT["wlan"]}/128 dev live0 nodad; ip addr add {net.HOME}/128 dev lo')
        net.sh(f'ip -6 route add {net.HA}/128 dev live0')


def act(what, c, charon, monami, case, pinged):
    if isinstance(what, (int, float)):
        time.sleep(what)
    elif what == 'up':
        for _ in range(60):
            if charon.is_up():
                return
            time.sleep(0.1)
        c.demand(False, 'no SA came up', charon.words()[-2000:])
    elif what == 'ping':
        ends = (net.CN, net.HOME) if charon.server else (net.HOME, net.CN)
        pinged.append(net.ping(*ends))
    elif what == 'initiate':
        code, said = charon.ask('--initiate', '--child', 'inside')
        c.demand(code == 0, 'swanctl --initiate', said)
    elif what in ('rekey-child', 'rekey-ike'):
        code, said = charon.ask('--rekey', *(('--child', 'inside') if what == 'rekey-child' else ('--ike', 'peer')))
        c.demand(code == 0, 'swanctl --rekey', said)
    elif what == 'terminate':
        code, said = charon.ask('--terminate', '--ike', 'peer')
        c.demand(code == 0, 'swanctl --terminate', said)
    elif what == 'move':
        net.sh(f'ip addr add {AT["cell"]}/128 dev live0 nodad; ip addr del {AT["wlan"]}/128 dev live0')
    elif what == 'freeze':
        charon.process.send_signal(signal.SIGSTOP)
    elif what == 'kill':
        monami.send_signal(signal.SIGKILL)


def keys_agree(c, left, charon):
    ours, theirs = left.ike_keys(), charon.ike_keys()
    for spis, (ei, er, ai, ar) in ours.items():
        c.demand(theirs.get(ei) == (ei, er, ai, ar), f'keys of IKE SA {spis} in the log of charon', (ei, er, ai, ar),
                 theirs.get(ei))
    c.demand(ours and len(ours) == len(theirs), 'IKE SAs with keys', len(ours), len(theirs))
    ours, theirs = set(left.esp_keys().values()), charon.esp_keys()
    c.demand(ours and ours == theirs, 'keys of Child SAs', sorted(ours), sorted(theirs))


def check(c, what, left, charon, case, pinged):
    up = left.events('ike.sa_up') if left else []
    down = left.events('ike.sa_down') if left else []
    flow = 'out' if charon.server else 'in'
    if what == 'echo':
        sent, answered = left.echo(flow)
        c.demand(answered >= max(3, sent // 2), 'echo requests of ours that were answered', answered, sent)
    elif what == 'pinged':
        c.demand(pinged and all(n >= 2 for n in pinged), 'echo requests of theirs that were answered, of 3', pinged)
    elif what == 'keys':
        keys_agree(c, left, charon)
    elif what == 'counts':
        direction = 'sent' if charon.server else 'received'
        asked = [{(e['message_id'], e['spi_i']) for e in
                  left.events('ike.message', exchange=x, direction=direction, kind='request')}
                 for x in ('IKE_SA_INIT', 'IKE_AUTH', 'CREATE_CHILD_SA')]
        c.demand([len(a) for a in asked] == [1, 1, 0], 'exchanges', asked)
    elif what in ('fragments-sent', 'fragments-received'):
        pieces = [e['fragment'] for e in left.events('ike.message', exchange='IKE_AUTH', direction=what[10:])]
        c.demand(pieces and max(pieces) >= 2, 'fragments', pieces)
    elif what == 'children':
        inbound = [s for s in left.sas() if s['direction'] == 'in']
        c.demand(len(inbound) >= 2 and len(up) == 1, 'Child SAs', inbound, up)
    elif what == 'ike-sas':
        c.demand(len(up) >= 2 and up[1]['replaces'], 'IKE SAs', up)
    elif what == 'one-ike-sa':
        c.demand(len(up) == 1, 'IKE SAs', up)
    elif what == 'one-create':
        c.demand(left.exchanges('CREATE_CHILD_SA') == 1, 'CREATE_CHILD_SA', left.exchanges('CREATE_CHILD_SA'))
    elif what == 'cookie':
        seen = [e for e in left.events('ike.message', exchange='IKE_SA_INIT') if 'COOKIE' in e['payloads']]
        c.demand(len(seen) >= 2, 'messages with a cookie', left.events('ike.message', exchange='IKE_SA_INIT'))
    elif what == 'dead':
        c.demand(up and down and down[0]['how'] == 'dead', 'how the IKE SA ended', down)
    elif what == 'given-up':
        c.demand('giving up after' in charon.words(), 'charon gives up', charon.words()[-2000:])
    elif what == 'probes':
        asked = left.events('ike.message', exchange='INFORMATIONAL', direction='received', kind='request')
        answered = left.events('ike.message', exchange='INFORMATIONAL', direction='sent', kind='response')
        c.demand(len(asked) >= 2 and len(answered) == len(asked), 'probes and answers', asked, answered)
    elif what == 'deleted':
        c.demand([e['how'] for e in down] == ['deleted'], 'how the IKE SA ended', down)
    elif what == 'gone':
        c.demand('ESTABLISHED' not in charon.ask('--list-sas')[1], 'what charon still has', charon.ask('--list-sas')[1])
    elif what == 'deleted-by-them':
        c.demand(down and down[0]['how'] == 'deleted_by_peer', 'how the IKE SA ended', down)
    elif what == 'moved':
        c.demand(len(left.events('ike.moved')) >= 1, 'moves', left.events('ike.moved'))


def run_case(name, monami, scenarios, scratch):
    case = CASES[name]
    mobile = case.get('mobile', 'car')
    folder = os.path.join(scratch, 'live-strongswan', name)
    os.makedirs(folder, exist_ok=True)
    path = net.scenario(folder, scenarios, changes_of(case, scenarios, mobile), mobile)
    place_charon(case['role'] == 'car')
    charon = Charon(folder, scenarios, case, mobile)
    c, pinged, out = net.Checks(), [], os.path.join(folder, 'monami')
    c.demand(charon.process.poll() is None, 'charon does not run', open(os.path.join(folder, 'charon.out')).read())
    node = mobile if case['role'] == 'car' else 'ha'
    for k in range(case.get('half-open', 0)):  # one IKE_SA_INIT each, and no more
        subprocess.run([monami, 'live', path, '--node', node, '--tun', 'live0', '--for', '1 ms', '-q', '--set',
                        f'general.seed={k + 100}'], check=True)
    seconds = case.get('seconds', 10)
    ours = net.live(monami, path, node, 'live0', seconds, out)
    for what in case['then']:
        if not c.wrong:
            act(what, c, charon, ours, case, pinged)
    killed = 'kill' in case['then']
    code = ours.wait()
    c.demand(code == (-signal.SIGKILL if killed else 0), 'exit code', code, open(out + '.log').read()[-1000:])
    left = None if killed or code else net.Left(out)
    for what in case['must']:
        if not c.wrong or left:
            check(c, what, left, charon, case, pinged)
    charon.end()
    if c.wrong:
        print('  the end of the log of charon:\n' + charon.words()[-3000:])
    c.end()


if __name__ == '__main__':
    if sys.argv[1] == '--inside':
        run_case(sys.argv[2], *sys.argv[3:6])
    for program in (BINARY, 'swanctl'):
        if not shutil.which(program):
            net.skip('no ' + program)
    net.demand_namespaces()
    where = [os.path.abspath(a) for a in sys.argv[1:4]]
    sys.exit(1 if net.run_cases(os.path.abspath(__file__), where, sys.argv[4:] or list(CASES)) else 0)
